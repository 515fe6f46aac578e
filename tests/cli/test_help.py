"""`csq help` at the door: what csq knows, as text and as Markdown."""

from csq.sources import use_words


def test_without_a_topic_the_topics_are_listed(csq):
    result = csq("help")
    assert result.code == 0
    assert result.stdout.decode().startswith("csq help metrics")


def test_the_vocabulary_of_usage_columns_is_printed_whole(csq):
    for form in ("text", "md"):
        result = csq("help", "metrics", "-f", form)
        assert (result.code, result.stderr) == (0, "")
        text = " ".join(result.stdout.decode().split())
        for words in (use_words.OBJECTS, use_words.DONE, use_words.PEOPLE, use_words.TIME, use_words.TROUBLE):
            assert all(word in text for word in words)
        for never in use_words.NEVER:
            assert never.what in text
            assert ", ".join(never.words) in text
        assert "metrics: {widgets_made: count}" in text


def test_lines_fit_a_terminal(csq):
    assert max(map(len, csq("help", "metrics").stdout.decode().splitlines())) <= 100


def test_an_unknown_topic_or_form_is_a_usage_error_with_the_near_miss(csq):
    result = csq("help", "metric")
    assert result.code == 2
    assert "did you mean `metrics`?" in result.stderr
    assert csq("help", "metrics", "-f", "xlsx").code == 2

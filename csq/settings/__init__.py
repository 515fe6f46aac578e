"""csq.yaml: how to measure."""

"""What people call the row under a table that sums it up. Data only.

Lower-case, without accents. Words alone make no total: its numbers have to be the sums or the means of their columns.
"""

TOTAL_WORDS = (
    # English
    "total", "totals", "sum", "sums", "grand total", "grand totals", "sub total", "subtotal", "sub totals", "subtotals",
    "overall", "average", "averages", "avg", "mean", "all", "all accounts", "all customers", "everything", "combined",
    "aggregate",
    # German
    "summe", "gesamt", "gesamtsumme", "gesamtergebnis", "insgesamt", "zwischensumme", "ergebnis", "durchschnitt",
    "mittelwert", "schnitt", "alle", "alle kunden",
    # French
    "somme", "total general", "sous total", "ensemble", "moyenne", "tous", "tous les comptes",
    # Spanish, Portuguese, Italian
    "suma", "suma total", "subtotales", "totales", "promedio", "media", "todos", "soma", "total geral", "totais",
    "totale", "totali", "totale complessivo", "totale generale", "somma", "subtotale", "tutti",
    # Dutch, Swedish, Danish, Norwegian, Finnish
    "totaal", "eindtotaal", "subtotaal", "som", "gemiddelde", "gemiddeld", "alles", "summa", "totalt", "genomsnitt",
    "medelvarde", "i alt", "ialt", "gennemsnit", "gjennomsnitt", "yhteensa", "keskiarvo",
    # Polish, Czech, Hungarian, Turkish
    "razem", "suma koncowa", "srednia", "celkem", "soucet", "prumer", "osszesen", "atlag", "toplam", "genel toplam",
    "ortalama",
    # Russian, Greek, Chinese, Japanese, Korean
    "итого", "всего", "сумма", "среднее", "общии итог", "συνολο", "μεσος ορος", "总计", "合计", "總計", "合計", "平均",
    "총계", "합계", "평균",
    "σ", "∑", "ø",
)  # fmt: skip

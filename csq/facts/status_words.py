"""What a status in a CRM or a billing system says of an organisation: a customer now, or not. Data only.

Words are lower-case, without accents, parted by one blank. What the systems themselves mean by a word decides; a word
that two of them use for different things (`paused`, `unpaid`, `suspended`, `subscriber`) is on neither list, so that
it is asked about.
"""

CURRENT = (
    # English, as people write it in a CRM
    "active", "active customer", "live", "gone live", "go live", "in production", "paying", "paying customer", "paid",
    "customer", "current", "current customer", "existing", "existing customer", "new customer", "won", "closed won",
    "won back", "converted", "trial converted", "signed", "subscribed", "renewed", "renewing", "renewal",
    "renewal due", "up for renewal", "in renewal", "pending renewal", "onboarding", "onboarded", "implementation",
    "implementing", "adoption", "adopting", "growth", "expansion", "mature", "retained", "engaged", "healthy",
    "at risk", "at risk customer", "churn risk", "risk of churn", "at risk of churn", "high churn risk",
    "in good standing",
    "good standing", "in force", "ok", "enabled", "key account", "vip", "auto renew", "evergreen", "month to month",
    "expiring", "expiring soon", "canceling", "cancelling", "pending cancellation", "pending cancelation",
    "cancellation pending", "cancellation requested", "scheduled for cancellation", "cancels at period end",
    "cancel at period end", "set to cancel", "notice given", "gave notice", "under notice", "winding down",
    # money that is late is still owed by a customer
    "past due", "overdue", "late", "in arrears", "delinquent", "dunning", "in dunning", "in grace period",
    "grace period", "payment failed", "payment overdue",
    # Salesforce: type of account, status of a contract
    "customer direct", "customer channel", "activated",
    # HubSpot: lifecycle stage
    "evangelist",
    # Chargebee, Recurly, Zuora: under contract, whether or not the term has begun
    "non renewing", "not renewing", "future", "pending activation", "pending acceptance",
    # German
    "aktiv", "aktiver kunde", "aktivkunde", "kunde", "bestandskunde", "neukunde", "zahlend", "laufend", "gewonnen",
    "verlangert", "verlaengert", "in verlangerung", "lauft aus", "laeuft aus", "uberfallig", "ueberfaellig",
    "gefahrdet",
    "gefaehrdet",
    # French
    "actif", "active", "client", "client actif", "cliente", "en cours", "payant", "gagne", "gagnee", "signe",
    "renouvele",
    "en production", "a risque", "en retard",
    # Spanish
    "activo", "activa", "cliente activo", "vigente", "ganado", "ganada", "al dia", "al corriente", "renovado",
    "en riesgo", "moroso", "en mora",
    # Portuguese
    "ativo", "ativa", "cliente ativo", "ganho", "adimplente", "em dia", "em risco", "inadimplente", "em atraso",
    # Dutch
    "actief", "klant", "actieve klant", "lopend", "betalend", "gewonnen", "verlengd", "achterstallig",
    # Italian
    "attivo", "attiva", "cliente attivo", "in corso", "pagante", "vinto", "vinta", "rinnovato", "a rischio",
    "in regola",
)  # fmt: skip
"""A paying customer now, though perhaps one that is late, at risk or has given notice."""

FORMER = (
    # English
    "churned", "churn", "cancelled", "canceled", "cancellation", "cancelation", "inactive", "inactive customer",
    "not active", "no longer active", "no longer a customer", "not a customer", "non customer", "former",
    "former customer", "ex customer", "past customer", "old customer", "previous customer", "lapsed", "lost",
    "lost customer", "customer lost", "customer churned", "customer cancelled", "closed lost", "terminated",
    "termination", "ended", "expired", "discontinued", "closed", "account closed", "contract ended", "deactivated",
    "disabled", "archived", "deleted", "gone", "left", "offboarded", "unsubscribed", "not renewed", "non renewed",
    "did not renew", "refunded", "bankrupt", "out of business", "written off",
    # not yet a customer, or not a paying one
    "prospect", "prospective", "prospective customer", "potential customer", "suspect", "lead", "new lead",
    "open lead",
    "qualified", "unqualified", "disqualified", "trial", "active trial", "free trial", "trial active", "in trial",
    "on trial", "trialing", "trialling", "trial expired", "trial ended", "trial user", "demo", "evaluation",
    "evaluating", "poc", "proof of concept", "free", "free plan", "free tier", "freemium", "never started",
    "never activated", "test", "test account", "sandbox", "internal", "competitor", "negotiation", "proposal",
    # HubSpot: lifecycle stage
    "marketing qualified lead", "marketingqualifiedlead", "mql", "sales qualified lead", "salesqualifiedlead", "sql",
    "opportunity",
    # Stripe: the first payment was never made
    "incomplete", "incomplete expired",
    # Salesforce, Zuora, Chargebee: not in force yet, or replaced by another row
    "draft", "in approval process", "outdated", "transferred",
    # German
    "gekundigt", "gekuendigt", "kundigung", "kuendigung", "inaktiv", "inaktiver kunde", "ehemalig",
    "ehemaliger kunde", "ex kunde", "altkunde", "verloren",
    "storniert", "beendet", "abgelaufen", "ausgelaufen", "abgewandert", "geschlossen", "kein kunde", "interessent",
    "testphase", "testkunde", "probezeit", "stillgelegt",
    # French
    "resilie", "resiliee", "resiliation", "inactif", "inactive", "ancien client", "ex client", "perdu", "perdue",
    "annule",
    "annulee", "termine", "terminee", "expire", "expiree", "clos", "cloture", "ferme", "parti", "prospect", "essai",
    "en essai", "periode d essai", "essai gratuit", "client perdu",
    # Spanish
    "cancelado", "cancelada", "inactivo", "inactiva", "baja", "de baja", "dado de baja", "perdido", "perdida",
    "ex cliente", "antiguo cliente", "terminado", "terminada", "finalizado", "finalizada", "caducado",
    "caducada", "expirado", "cerrado", "anulado", "prueba", "en prueba", "prueba gratuita", "potencial",
    # Portuguese
    "inativo", "inativa", "encerrado", "encerrada", "antigo cliente", "expirada", "fechado", "rescindido",
    "desativado",
    "em teste", "teste gratis", "periodo de teste",
    # Dutch
    "inactief", "inactieve klant", "opgezegd", "opzegging", "beeindigd", "geannuleerd", "verlopen", "verloren",
    "oud klant",
    "voormalige klant", "voormalig", "ex klant", "klant verloren", "gestopt", "proefperiode", "proef", "gesloten",
    # Italian
    "disdetto", "disdetta", "cessato", "cessata", "inattivo", "inattiva", "perso", "persa", "scaduto", "scaduta",
    "annullato", "annullata", "cancellato", "cancellata", "chiuso", "chiusa", "terminato", "ex cliente", "in prova",
    "prova", "prova gratuita", "potenziale",
)  # fmt: skip
"""Was a paying customer, or is none yet."""

WHO = ("customer", "client", "cliente", "kunde", "klant")
"""Words for a customer, which say nothing beside a word for what became of one (`Cancelled - customer request`)."""

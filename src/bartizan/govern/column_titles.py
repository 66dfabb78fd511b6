"""What lists and their columns are called in files, in every language of the console."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["titles_of"]

_LANGUAGES = ("de", "fr", "it", "sq")
_TITLES: Mapping[str, tuple[str, str, str, str]] = {
    # lists
    "Systems": ("Systeme", "Systèmes", "Sistemi", "Sistemet"),
    "Controls": ("Massnahmen", "Mesures", "Controlli", "Kontrollet"),
    "Evidence": ("Nachweise", "Preuves", "Evidenze", "Evidenca"),
    "External tools": ("Externe Werkzeuge", "Outils externes", "Strumenti esterni", "Mjetet e jashtme"),
    "Vendors": ("Anbieter", "Fournisseurs", "Fornitori", "Furnitorët"),
    "Sandboxes": ("Sandboxes", "Bacs à sable", "Sandbox", "Sandboxet"),
    "Exceptions": ("Ausnahmen", "Dérogations", "Deroghe", "Përjashtimet"),
    "Policies": ("Richtlinien", "Politiques", "Politiche", "Politikat"),
    "Audit trail": ("Audit-Trail", "Piste d’audit", "Traccia di audit", "Gjurma e auditimit"),
    # columns
    "Name": ("Name", "Nom", "Nome", "Emri"),
    "Business unit": ("Geschäftseinheit", "Unité d’affaires", "Unità organizzativa", "Njësia e biznesit"),
    "Title": ("Titel", "Titre", "Titolo", "Titulli"),
    "Description": ("Beschreibung", "Description", "Descrizione", "Përshkrimi"),
    "About": ("Beschreibung", "Description", "Descrizione", "Përshkrimi"),
    "Owner": ("Verantwortlich", "Responsable", "Responsabile", "Pronari"),
    "Stage": ("Phase", "Phase", "Fase", "Faza"),
    "Criticality": ("Kritikalität", "Criticité", "Criticità", "Kriticiteti"),
    "Duties": ("Pflichten", "Obligations", "Obblighi", "Detyrimet"),
    "Vendor": ("Anbieter", "Fournisseur", "Fornitore", "Furnitori"),
    "Model": ("Modell", "Modèle", "Modello", "Modeli"),
    "Data class": ("Datenklasse", "Classe de données", "Classe di dati", "Klasa e të dhënave"),
    "Data categories": ("Datenkategorien", "Catégories de données", "Categorie di dati", "Kategoritë e të dhënave"),
    "Tier": ("Stufe", "Niveau", "Fascia", "Shkalla"),
    "Worst open threat": (
        "Schlimmste offene Bedrohung", "Pire menace ouverte", "Minaccia aperta peggiore",
        "Kërcënimi më i rëndë i hapur",
    ),
    "Above the appetite": (
        "Über der Risikobereitschaft", "Au-dessus de l’appétence", "Oltre la propensione al rischio",
        "Mbi oreksin për rrezik",
    ),
    "Yearly loss, median": (
        "Jährlicher Verlust, Median", "Perte annuelle, médiane", "Perdita annua, mediana", "Humbja vjetore, mediana",
    ),
    "Yearly loss, 9 of 10 years": (
        "Jährlicher Verlust, 9 von 10 Jahren", "Perte annuelle, 9 années sur 10", "Perdita annua, 9 anni su 10",
        "Humbja vjetore, 9 nga 10 vjet",
    ),
    "Currency": ("Währung", "Monnaie", "Valuta", "Valuta"),
    "Controls failing": (
        "Massnahmen ohne Wirkung", "Mesures en échec", "Controlli non funzionanti", "Kontrolle që dështojnë",
    ),
    "Controls required": (
        "Massnahmen gefordert", "Mesures exigées", "Controlli richiesti", "Kontrolle të kërkuara",
    ),
    "Controls planned": ("Massnahmen geplant", "Mesures prévues", "Controlli previsti", "Kontrolle të planifikuara"),
    "Controls in place": ("Massnahmen vorhanden", "Mesures en place", "Controlli in atto", "Kontrolle të vendosura"),
    "Controls proven": ("Massnahmen belegt", "Mesures prouvées", "Controlli comprovati", "Kontrolle të provuara"),
    "Assessed on": ("Beurteilt am", "Évalué le", "Valutato il", "Vlerësuar më"),
    "Version": ("Version", "Version", "Versione", "Versioni"),
    "Changed at": ("Geändert am", "Modifié le", "Modificato il", "Ndryshuar më"),
    "System": ("System", "Système", "Sistema", "Sistemi"),
    "Control": ("Massnahme", "Mesure", "Controllo", "Kontrolli"),
    "Place": ("Ort", "Emplacement", "Luogo", "Vendi"),
    "State": ("Status", "État", "Stato", "Gjendja"),
    "Required": ("Gefordert", "Exigée", "Richiesto", "E kërkuar"),
    "Planned for": ("Geplant auf", "Prévue pour le", "Previsto per il", "Planifikuar për"),
    "Source": ("Quelle", "Source", "Fonte", "Burimi"),
    "Outcome": ("Ergebnis", "Résultat", "Esito", "Rezultati"),
    "Observed on": ("Beobachtet am", "Observé le", "Osservato il", "Vërejtur më"),
    "Good until": ("Gültig bis", "Valable jusqu’au", "Valido fino al", "Vlen deri më"),
    "Exception": ("Ausnahme", "Dérogation", "Deroga", "Përjashtimi"),
    "By": ("Durch", "Par", "Autore", "Nga"),
    "Detail": ("Einzelheit", "Détail", "Dettaglio", "Hollësia"),
    "Digest": ("Prüfsumme", "Empreinte", "Impronta", "Gjurma e shifruar"),
    "Scan verdict": ("Scan-Urteil", "Verdict de l’analyse", "Verdetto della scansione", "Verdikti i skanimit"),
    "Kept at": ("Erfasst am", "Enregistré le", "Registrato il", "Ruajtur më"),
    "Plan": ("Tarif", "Formule", "Piano", "Plani"),
    "Domains": ("Domänen", "Domaines", "Domini", "Domenet"),
    "Standing": ("Einstufung", "Décision", "Decisione", "Vendimi"),
    "Highest data class": (
        "Höchste Datenklasse", "Classe de données maximale", "Classe di dati massima", "Klasa më e lartë e të dhënave",
    ),
    "Forbidden categories": (
        "Verbotene Kategorien", "Catégories interdites", "Categorie vietate", "Kategoritë e ndaluara",
    ),
    "Conditions": ("Bedingungen", "Conditions", "Condizioni", "Kushtet"),
    "Use instead": ("Stattdessen", "À utiliser à la place", "Da usare al suo posto", "Të përdoret në vend të tij"),
    "Decided by": ("Entschieden durch", "Décidé par", "Deciso da", "Vendosur nga"),
    "Decided on": ("Entschieden am", "Décidé le", "Deciso il", "Vendosur më"),
    "Country": ("Land", "Pays", "Paese", "Shteti"),
    "Products": ("Produkte", "Produits", "Prodotti", "Produktet"),
    "Contact": ("Kontakt", "Contact", "Contatto", "Kontakti"),
    "Contract until": ("Vertrag bis", "Contrat jusqu’au", "Contratto fino al", "Kontrata deri më"),
    "Purpose": ("Zweck", "But", "Scopo", "Qëllimi"),
    "Models": ("Modelle", "Modèles", "Modelli", "Modelet"),
    "Tools": ("Werkzeuge", "Outils", "Strumenti", "Mjetet"),
    "Tokens at most": ("Tokens höchstens", "Tokens au plus", "Token al massimo", "Tokenë më së shumti"),
    "Money at most": ("Geld höchstens", "Argent au plus", "Denaro al massimo", "Para më së shumti"),
    "Starts": ("Beginn", "Début", "Inizio", "Fillon"),
    "Ends": ("Ende", "Fin", "Fine", "Përfundon"),
    "Statement": ("Vorgabe", "Exigence", "Disposizione", "Dispozita"),
    "Why": ("Grund", "Motif", "Motivo", "Arsyeja"),
    "Compensating controls": (
        "Ersatzmassnahmen", "Mesures compensatoires", "Controlli compensativi", "Kontrollet zëvendësuese",
    ),
    "Approved by": ("Genehmigt durch", "Approuvé par", "Approvato da", "Miratuar nga"),
    "Approved on": ("Genehmigt am", "Approuvé le", "Approvato il", "Miratuar më"),
    "Edition": ("Ausgabe", "Édition", "Edizione", "Edicioni"),
    "Number": ("Nummer", "Numéro", "Numero", "Numri"),
    "Section": ("Abschnitt", "Section", "Sezione", "Seksioni"),
    "Level": ("Verbindlichkeit", "Obligation", "Livello", "Niveli"),
    "Text": ("Text", "Texte", "Testo", "Teksti"),
    "Enforced by": ("Durchgesetzt durch", "Appliqué par", "Applicato da", "Zbatohet nga"),
    "Effective": ("In Kraft ab", "En vigueur dès le", "In vigore dal", "Në fuqi nga"),
    "Review by": ("Überprüfen bis", "À réviser d’ici au", "Da riesaminare entro il", "Rishikimi deri më"),
    "At": ("Zeit", "Moment", "Momento", "Koha"),
    "Action": ("Aktion", "Action", "Azione", "Veprimi"),
    "Kind": ("Art", "Type", "Tipo", "Lloji"),
    "Hash": ("Kettenglied", "Maillon", "Anello della catena", "Hallka e zinxhirit"),
}  # fmt: skip


def titles_of(english: str) -> dict[str, str]:
    """Return what a list or a column with an English title is called, by language."""
    return {"en": english, **dict(zip(_LANGUAGES, _TITLES[english], strict=True))}

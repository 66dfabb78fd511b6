"""Words near a telephone number, in the languages of Europe and some others; `finders.phone` reads them."""

from __future__ import annotations

__all__ = ["CALLS", "CAPTIONS", "NOUNS", "NUMBERS", "RIVALS", "UNSPACED"]

NOUNS = frozenset({
    "businessphone", "cellphone", "cellulare", "celular", "celulari", "contactphone", "durchwahl", "fax",
    "faxno", "faxnumber", "faxnummer", "festnetz", "fixe", "gsm", "handy", "handynummer", "helpline", "homephone",
    "hotline", "komórka", "komórkowy", "landline", "matkapuhelin", "mobiel", "mobieltje", "mobil", "mobile",
    "mobileno", "mobilenumber", "mobilephone", "mobiles", "mobilnummer", "mobilszám", "mobiltelefon",
    "mobiltelefonnummer", "mobilul", "mobitel", "movil", "móvil", "natel", "numaram", "officephone", "phone",
    "phoneno", "phonenumber", "phones", "portable", "puhelin", "puhelinnumero", "rufnummer", "switchboard", "sími",
    "tel", "tele", "telefax", "telefon", "telefona", "telefonas", "telefone", "telefoni", "telefonino", "telefonit",
    "telefonni", "telefonnr", "telefonnummer", "telefono", "telefonszám", "telefonu", "telefonul", "telefoon",
    "telefoonnummer", "telemóvel", "telephone", "telephonenumber", "teléfono", "tlf", "télécopie", "téléphone",
    "tālrunis", "viber", "whatsapp", "workphone", "κινητό", "τηλ", "τηλέφωνο", "моб", "мобилен", "мобилни",
    "мобильный", "тел", "телефон", "טלפון", "نقال", "هاتف",
})  # fmt: skip
"""Things with a telephone number; what follows one is likely to be it, even as a row of digits."""

CALLS = frozenset({
    "anruf", "anrufen", "answer", "answered", "answering", "appel", "appeler", "appelez", "appelle", "bel",
    "bellen", "call", "callback", "called", "caller", "calling", "calls", "cell", "chamar", "chiama", "chiamami",
    "chiamare", "chiamata", "chiamate", "contact", "desk", "contacter", "contattare", "dial", "dialed", "erreichbar",
    "erreichen", "erreichst", "hívjon", "joignable", "joindre", "kontakto", "ligar", "ligue", "llama", "llamada",
    "llamar", "llame", "llámame", "llámeme", "message", "messages", "mob", "msisdn", "ph", "rappeler", "rappelez",
    "reach", "reached", "richiamare", "ring", "ringa", "rings", "ruf", "rufen", "rückruf", "simse", "sms", "soita",
    "telefononi", "text", "texted", "texting", "volejte", "zadzwoń", "zavolejte",
})  # fmt: skip
"""What people do with a telephone number, and abbreviations that mean other things too."""

NUMBERS = frozenset({
    "broj", "no", "nr", "num", "number", "numbers", "numero", "nummer", "numri", "numéro", "número", "номер",
})  # fmt: skip
"""A number of some kind."""

RIVALS = frozenset({
    "aadhaar", "abn", "account", "accounts", "acct", "acn", "ahv", "amount", "ausweis", "avs", "bank", "batch",
    "bestellnummer", "bestellung", "bic", "bsn", "card", "cards", "carta", "carte", "case", "claim", "client",
    "cnpj", "commande", "compte", "conto", "cpf", "cpr", "cuenta", "customer", "ean", "ein", "factura", "facture",
    "fattura", "fiscal", "gtin", "guid", "hkid", "iban", "iccid", "id", "identification", "identity", "ids", "imei",
    "insurance", "invoice", "ip", "isbn", "issn", "itin", "kimlik", "konto", "kontonummer", "kreditkarte", "kunde",
    "kundennummer", "licence", "license", "lot", "mac", "medical", "medicare", "member", "model", "nhs", "nino",
    "nip", "npi", "nric", "order", "orders", "ordine", "pan", "part", "passport", "pedido", "permit",
    "personnummer", "pesel", "po", "policy", "port", "postcode", "pps", "price", "rechnung", "ref", "reference",
    "routing", "rut", "serial", "sin", "siren", "siret", "sku", "social", "sort", "ssn", "steuernummer", "tarjeta",
    "tax", "tc", "tfn", "ticket", "tin", "total", "tracking", "transaction", "transfer", "upc", "uuid", "vat",
    "version", "voter", "zip",
})  # fmt: skip
"""Things with another number, which may be grouped like a telephone number."""

CAPTIONS = NOUNS | {
    "cell",
    "desk",
    "home",
    "mob",
    "office",
    "work",
    "private",
    "privat",
    "büro",
    "geschäft",
    "bureau",
    "ufficio",
}
"""What stands behind a number, as in `044 668 18 00 (office)`."""

UNSPACED = ("電話", "电话", "手机", "携帯", "전화", "휴대폰", "โทร")
"""Nouns of languages that write no blanks between words."""

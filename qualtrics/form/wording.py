"""How forms word what we want to know, as data: English first, then German, French, Spanish.

All of it is matched against texts in lower case. A phrase that is missing costs an admin a minute.
"""

#: What a question says that asks for a fact.
ASKS_FOR = {
    "name": r"\bnames?\b|call you\b|\bnachname|\bvorname|\bnom\b|prénom|\bnombre\b|apellido",
    "email": r"e-?mail|electronic address|courriel|adresse électronique|correo electrónico",
    "phone": r"phone|\bmobile\b|\bcell\b|\btel\b|telefon|handy|téléphone|teléfono|móvil|celular",
    "contact": (
        r"(how|way|ways|method|means|prefer\w*|may|best)\b.*\b(contact|reach)|contact (you|method|"
        r"preference)|kontaktieren|erreichen|kontaktweg|contacter|joindre|contactar|comunicar"
    ),
    "not_before": (
        r"\bwhen (may|can|should|is|are|would)\b|what time|best time|good time|time of day|\bwann\b"
        r"|quand\b|quelle heure|quel moment|cuándo|qué hora|horario"
    ),
    "department": r"department|division|abteilung|\bklinik|département|departamento",
    "unit": (
        r"\bunits?\b|\bward\b|\bfloor\b|place of work|work ?place|work (site|location|area)|"
        r"where do you work|\bstation\b|arbeitsplatz|arbeitsort|\bunité|lieu de travail|\bunidad|"
        r"lugar de trabajo"
    ),
    "role": (
        r"\broles?\b|profession|\bposition\b|\bjob\b|occupation|discipline|\bberuf|\brolle\b|"
        r"\bfunktion\b|fonction|métier|\brôle|profesión|\bpuesto|\bcargo\b|\brol\b"
    ),
    "specialty": r"special(i)?ty|specialties|fachrichtung|fachgebiet|spécialité|especialidad",
    "not_wanted": (
        r"rather not|(not|n't) (want|wish|like|prefer|be comfortable|feel comfortable|match|assign|"
        r"talk|speak)|\bavoid\b|\bexclude|lieber nicht|nicht sprechen|keinesfalls|éviter|ne pas|"
        r"ne souhait|préfér\w* pas|evitar|no (quisiera|quiere|desea)|prefier\w* no"
    ),
    "note": (
        r"anything else|tell us|describe|what happened|\bcomments?\b|additional|more about|"
        r"would you like to share|want us to know|sonst noch|was ist passiert|beschreiben|"
        r"mitteilen|bemerkung|autre chose|décri|remarque|commentaire|algo más|describ|comentario"
    ),
    "found_at": (
        r"hear about|hear of us|find (out|this|us)|found (out|this|us)|learn(ed)? (about|of)|"
        r"erfahren|entendu parler|trouvé|enterado|enteró|encontró"
    ),
    "safety": (
        r"\b(feel|feeling|are you|is it|be|being|stay|keep\w*)\b.{0,25}\bsafe\b|\bunsafe\b|"
        r"\bsafe (right )?now|\b(harm|hurt|kill|injur)\w*.{0,12}\b(your|him|her|my|them)sel|"
        r"\b(harm|hurt|kill)\w* (somebody|someone|others|you)\b|suicid|in danger|immediate danger|"
        r"in (a )?crisis|want to die|(fühlen sie sich|fühlst du dich).{0,30}sicher|suizid|"
        r"sich.{0,30}(antun|verletzen)|in gefahr|en (sécurité|danger)|vous (faire du mal|blesser)|"
        r"(se siente|está|te sientes).{0,20}(segur|a salvo)|en peligro|hacer(se|te) daño|"
        r"lastimar(se|te)"
    ),
}
#: What a question says that only seems to ask for it.
BUT_NOT = {
    "name": r"colleague|supervisor|manager|unit|department|rather not|not want|witness|patient",
    "email": r"supervisor|manager|colleague|confirm",
    "phone": r"supervisor|manager|colleague|emergency contact|confirm",
    "safety": r"patient safety|safety (event|incident|report|culture|committee)|workplace safety",
}
#: Names of embedded data that say where somebody found the form.
FOUND_AT_FIELD = r"source|src|utm_source|utm_medium|ref|referrer|found_?at|campaign|flyer|qr|origin"

#: What an answer says that means one of our words; the first that fits counts.
MEANS = {
    "contact": {
        "voicemail": r"voice ?-?mail|anrufbeantworter|messagerie vocale|répondeur|buzón de voz",
        "mail": r"e-?mail|courriel|correo electrónico",
        "text": r"\btext\b|\btexts\b|text message|\bsms\b|texto|mensaje de texto",
        "call": r"\bcalls?\b|phone|telefon|anruf|appel|téléphone|llamada|teléfono",
    },
    "wish": {
        "no_preference": (
            r"no preference|\beither\b|\bany\b|does(n't| not) matter|(don't|do not) mind|no matter|"
            r"keine (präferenz|angabe|rolle)|egal|pas de préférence|sans préférence|indifférent|"
            r"peu importe|sin preferencia|me da igual|no importa|indiferente"
        ),
        "different": (
            r"differ|\bother\b|another|outside|\bander|unterschied|différent|autre|diferente|"
            r"distint|\botr[oa]s?\b"
        ),
        "similar": (
            r"similar|\bsame\b|like (me|mine)|\bmine\b|my own|gleich|ähnlich|semblable|même|"
            r"similaire|parecid|mism[oa]|igual"
        ),
    },
}
#: An answer that takes something back is never read as what it names.
TAKES_BACK = (
    r"\b(no|not|never|none|without|except|only|unless)\b|n't\b|\b(kein\w*|nicht|nie|nur|ohne)\b|"
    r"\b(ne|n'|pas|jamais|sans|sauf|seulement)\b|\b(nunca|sin|solo|sólo|excepto)\b"
)
AT_ANY_TIME = (
    r"any ?time( is (fine|ok|okay))?|always|no (preference|restrictions?)|jederzeit|egal|"
    r"à tout moment|n'importe quand|(en|a) cualquier (momento|hora)|siempre"
)
A_TIME = (
    r"any ?time|always|before|after|noon|morning|evening|night|\d ?(am|pm|h|uhr)\b|\bo'clock|"
    r"weekday|weekend|jederzeit|\bvor\b|\bnach\b|morgen|mittag|abend|moment|matin|soir|midi|momento|mañana|"
    r"tarde|noche|cualquier"
)
ANOTHER = (
    r"(an)?other\b.*|none of (these|the above)|not listed|prefer not to (say|answer)|not sure|"
    r"(ein )?ander\w*\b.*|keine angabe|autre\b.*|aucun\w*\b.*|otr[oa]s?\b.*|ningun[oa]\b.*"
)

#: Safety. Only an answer that is one of these from its first to its last word means "safe".
SAFE_IN_FULL = (
    r"(yes,? )?i (feel|am|do feel) safe( right now| now| at the moment| today)?|"
    r"(ja,? )?ich fühle mich (gerade |im moment |zurzeit )?sicher|"
    r"(oui,? )?je (me sens|suis) en sécurité|(sí,? )?(me siento|estoy) (segur[oa]|a salvo)"
)
YES = r"yes|yes,? i (do|am)|ja|oui|sí|si"
NO = r"no|no,? i (do|am) not|no,? i (don't|'m not)|no,? not at all|not at all|nein|non"
ABOUT_BEING_SAFE = r"\bsafe\b|\bsicher\b|sécurité|segur[oa]|a salvo"
ABOUT_HARM = (
    r"\b(harm|hurt|kill|injur)|suicid|danger|unsafe|\b(not|n't)\b.{0,20}safe|crisis|die\b|antun|"
    r"verletz|gefahr|suizid|nicht.{0,20}sicher|\bmal\b|blesser|pas.{0,20}sécurité|peligro|daño|"
    r"lastimar|\bno\b.{0,20}(segur|a salvo)"
)
#: What an answer says when its question is about safety, whatever the question says.
ANSWERS_ABOUT_SAFETY = (
    r"\b(harm|hurt|kill)\w*.{0,12}\b(my|them)sel|suicid|\b(feel|am|be) (not )?(un)?safe\b|"
    r"fühle mich.{0,15}sicher|mir etwas antun|en sécurité|me siento.{0,10}segur|hacerme daño"
)

"""How forms ask for each fact, as patterns in English and Spanish.

Texts are compared in lower case. A missing phrase costs an admin a minute.
"""

#: Wording of a question that asks for the fact.
ASKS_FOR = {
    "name": r"\bnames?\b|call you\b|\bnombre\b|apellido",
    "email": r"e-?mail|electronic address|correo electrónico",
    "phone": r"phone|\bmobile\b|\bcell\b|\btel\b|teléfono|móvil|celular",
    "contact": (
        r"(how|way|ways|method|means|prefer\w*|may|best)\b.*\b(contact|reach)|contact (you|method|"
        r"preference)|contactar|comunicar"
    ),
    "not_before": (
        r"\bwhen (may|can|should|is|are|would)\b.*\b(call|reach|contact|talk|speak|meet|available|"
        r"free|good|best|convenient)|what time|best time|good time|time of day|"
        r"cuándo|qué hora|horario"
    ),
    "department": r"department|division|departamento",
    "unit": (
        r"\bunits?\b|\bward\b|\bfloor\b|place of work|work ?place|work (site|location|area)|"
        r"where do you work|\bstation\b|\bunidad|lugar de trabajo"
    ),
    "role": (
        r"\broles?\b|profession|\bposition\b|\bjob\b|occupation|discipline|profesión|\bpuesto|"
        r"\bcargo\b|\brol\b"
    ),
    "specialty": r"special(i)?ty|specialties|especialidad",
    "not_wanted": (
        r"rather not|(not|n't) (want|wish|like|prefer|be comfortable|feel comfortable|match|assign|"
        r"talk|speak)|\bavoid\b|\bexclude|evitar|no (quisiera|quiere|desea)|prefier\w* no"
    ),
    "asks_first": (
        r"before (they|he or she|(the|your|a|this) (peer |peer-)?(supporter|colleague|person|peer))"
        r"\b.{0,40}\bnames?\b|\bask(ed)? (me|you)? ?first\b|antes de que .{0,50}\bnombre\b"
    ),
    "note": (
        r"anything else|tell us|describe|what happened|\bcomments?\b|additional|more about|"
        r"would you like to share|want us to know|algo más|describ|comentario"
    ),
    "found_at": (
        r"(hear|heard|learn|learned|find out|found out) (about|of) (us|this|the|our|peer)|"
        r"(find|found) (this|us)|"
        r"enterado|enteró|encontró"
    ),
    "safety": (
        r"\b(feel|feeling|are you|is it|be|being|stay|keep\w*)\b.{0,25}\bsafe\b|\bunsafe\b|"
        r"\bsafe (right )?now|\b(harm|hurt|kill|injur)\w*.{0,12}\b(your|him|her|my|them)sel|"
        r"\b(harm|hurt|kill)\w* (somebody|someone|others|you)\b|suicid|in danger|immediate danger|"
        r"in (a )?crisis|want to die|(se siente|está|te sientes).{0,20}(segur|a salvo)|en peligro|"
        r"hacer(se|te) daño|lastimar(se|te)"
    ),
}
#: Wording of a question that only seems to ask for the fact.
NOT_ASKING_FOR = {
    "name": (
        r"colleague|supervisor|manager|unit|department|rather not|not want|witness|patient|"
        r"user ?name|names? of (the|your|a|an|any|this) (?!person|requester)|company|employer"
    ),
    "email": r"supervisor|manager|colleague|confirm",
    "phone": r"supervisor|manager|colleague|emergency contact|confirm",
    "not_before": r"\bborn\b|birth|\b(was|were|did|happen\w*|occur\w*)\b",
    "safety": r"patient safety|safety (event|incident|report|culture|committee)|workplace safety",
}
#: Wording of a question about an opinion or a quantity: it names a thing without asking for it.
OPINION = (
    r"\bhow (much|many|often|long|likely|well|far|satisfied|important|comfortable|confident)\b|"
    r"to what extent|\brate\b|\branks?\b|\bagree|disagree|\bwhy\b|do you (think|believe|feel)|"
    r"\bif you (chose|selected|answered)|cuánt[oa]s?\b|con qué frecuencia|por qué|de acuerdo"
)
#: Names of embedded data fields that tell where the requester found the form.
FOUND_AT_FIELD = r"source|src|utm_source|utm_medium|ref|referrer|found_?at|campaign|flyer|qr|origin"

#: Wording of an answer for each of our words; the first match counts.
MEANS = {
    "contact": {
        "voicemail": r"voice ?-?mail|buzón de voz",
        "mail": r"e-?mail|correo electrónico",
        "text": r"\btext\b|\btexts\b|text message|\bsms\b|texto|mensaje de texto",
        "call": r"\bcalls?\b|phone|llamada|teléfono",
    },
    "wish": {
        "no_preference": (
            r"no preference|\beither\b|\bany\b|does(n't| not) matter|(don't|do not) mind|no matter|"
            r"sin preferencia|me da igual|no importa|indiferente"
        ),
        "different": r"differ|\bother\b|another|outside|diferente|distint|\botr[oa]s?\b",
        "similar": r"similar|\bsame\b|like (me|mine)|\bmine\b|my own|parecid|mism[oa]|igual",
    },
}
#: An answer with one of these words is never read as the choice that it mentions. German and
#: French negations are here too: "Keine E-Mail" must never become permission to send one.
NEGATION = (
    r"\b(no|not|never|none|without|except|only|unless)\b|n't\b|\b(kein\w*|nicht|nie|nur|ohne)\b|"
    r"\b(ne|n'|pas|jamais|sans|sauf|seulement)\b|\b(nunca|sin|solo|sólo|excepto)\b"
)
ANY_TIME = (
    r"any ?time( is (fine|ok|okay))?|always|no (preference|restrictions?)|"
    r"(en|a) cualquier (momento|hora)|siempre"
)
TIME_OF_DAY = (
    r"any ?time|always|before|after|noon|morning|evening|night|\d ?([ap]\.? ?m|h)\b|\bo'clock|"
    r"weekday|weekend|momento|mañana|tarde|noche|cualquier|antes|después|mediodía"
)
#: An answer that is a number, a span or a degree. Half of such answers make a scale.
DEGREE = (
    r"[-+<>≤≥ ]*[\d.,]+ ?%?([-– ]+.*)?|(under|over|above|below|less than|more than|at least) \d.*|"
    r".*\b(agree|disagree|likely|unlikely|satisfied|dissatisfied|often|rarely|sometimes|always|"
    r"never|frequently|neither|neutral|important|extremely|moderately|slightly|somewhat|strongly|"
    r"not at all|a little|quite a bit|acuerdo|siempre|nunca|a veces|much[oa]|poc[oa]|nada)\b.*|"
    r"yes|no|maybe|true|false|(i )?(don't|do not) know|unsure|sí|si|tal vez|no sé|"
    r"(very )?(poor|fair|good|excellent|low|medium|high)|click to write .*"
)
OTHER_OR_NONE = (
    r"(an)?other\b.*|none of (these|the above)|not listed|prefer not to (say|answer)|not sure|"
    r"otr[oa]s?\b.*|ningun[oa]\b.*"
)

#: An answer about safety means "safe" only if it matches from its first to its last word.
SAFE_IN_FULL = (
    r"(yes,? )?i (feel|am|do feel) safe( right now| now| at the moment| today)?|"
    r"(sí,? )?(me siento|estoy) (segur[oa]|a salvo)"
)
YES = r"yes|yes,? i (do|am)|sí|si"
NO = r"no|no,? i (do|am) not|no,? i (don't|'m not)|no,? not at all|not at all"
ABOUT_BEING_SAFE = r"\bsafe\b|segur[oa]|a salvo"
ABOUT_HARM = (
    r"\b(harm|hurt|kill|injur)|suicid|danger|unsafe|\b(not|n't)\b.{0,20}safe|crisis|die\b|\bmal\b|"
    r"peligro|daño|lastimar|\bno\b.{0,20}(segur|a salvo)"
)
#: Wording of an answer whose question is about safety, whatever the question says.
ANSWERS_ABOUT_SAFETY = (
    r"\b(harm|hurt|kill)\w*.{0,12}\b(my|them)sel|suicid|\b(feel|am|be) (not )?(un)?safe\b|"
    r"me siento.{0,10}segur|hacerme daño"
)

"""What a column of a file of customers may be, in the words of the pages, and by which headings it is known."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.columns import BESIDE, plain
from mijoz.customers.importing.fields import Field

GROUPS: list[tuple[str | Promise, list[Field]]] = [
    (
        _("Who it is"),
        [
            Field("number", _("Customer number"), _("By it a row is the same customer the next time.")),
            Field("full_name", _("Full name"), _("Taken apart into family name, given name and patronymic.")),
            Field("last_name", _("Family name"), _("In Latin or Cyrillic letters.")),
            Field("first_name", _("Given name"), _("In Latin or Cyrillic letters.")),
            Field("patronymic", _("Patronymic"), _("Such as Anvar oʻgʻli or Anvarovna.")),
            Field("gender", _("Gender"), _("Where it is missing, the patronymic suggests it.")),
            Field("birth_on", _("Birth date"), _("In any spelling; without a year it is kept as a birthday.")),
            Field("birthday", _("Birthday"), _("Day and month, where the year is not known.")),
        ],
    ),
    (
        _("How to reach them"),
        [
            Field("phone", _("Phone"), _("In any spelling, also several; without a country it is of Uzbekistan.")),
            Field("phone_2", _("Second phone"), _("Leads to the same customer.")),
            Field("email", _("E-mail"), _("Slips in it are pointed out and not mended.")),
            Field("language", _("Language"), _("Uzbek, Russian or English.")),
        ],
    ),
    (
        _("Where they live"),
        [
            Field("address", _("Address"), _("Kept as it is given.")),
            Field("address_2", _("More of the address"), _("A second column of it; they are put together.")),
            Field("house", _("House number"), _("Where it stands in a column of its own; put together too.")),
            Field("postcode", _("Postcode"), _("Put together with the address.")),
            Field("state", _("Region"), _("State or region; put together with the address.")),
            Field("city", _("City"), _("Those of Uzbekistan in one spelling.")),
        ],
    ),
    (
        _("What else is known"),
        [
            Field("tags", _("Tags"), _("Several with commas between them.")),
            Field("note", _("Note"), _("Stands on the customer’s page.")),
            Field("consent", _("Agreed to marketing"), _("Yes or no. A yes counts only with a proof.")),
            Field("consent_proof", _("Proof of the consent"), _("To which words they agreed, and where it is kept.")),
        ],
    ),
]
FIELDS = {field.key: field for _group, fields in GROUPS for field in fields}
ADDRESS = ("house", "address", "address_2", "postcode", "state")
ONLY_OF_PEOPLE = frozenset(
    "last_name first_name patronymic gender birth_on birthday phone_2 language address city tags note consent".split()  # noqa: SIM905
)

HEADINGS = {  # whole headings; a blank is written _
    "number": "id no number code uid user_id userid customer_id customerid client_id clientid contact_id "
    "rec_id record_id "
    "customer_number customer_no client_no external_id externalid card card_no card_number loyalty_card member_id "
    "identifikator raqam raqami mijoz_id mijoz_raqami mijoz_kodi karta karta_raqami kod kodi т/р "
    "ид айди код номер номер_клиента код_клиента ид_клиента карта номер_карты № №_клиента клиент_id рақам мижоз_рақами",
    "full_name": "name full_name fullname customer customer_name client client_name contact contact_name fio "
    "f_i_sh fish f_i_o ism_sharif ism_sharifi ism_familiya ism_va_familiya familiya_ism "
    "familiya_va_ism mijoz mijoz_ismi "
    "toliq_ismi toliq_ism фио ф_и_о имя_фамилия фамилия_имя фамилия_имя_отчество имя_и_фамилия клиент имя_клиента "
    "фио_клиента полное_имя контакт ф_и_ш фиш мижоз исм_шариф исм_шарифи",
    "last_name": "last_name lastname surname family_name familyname second_name familiya familiyasi sharif фамилия "
    "фамилияси насаб",
    "first_name": "first_name firstname given_name givenname forename ism ismi имя исм исми",
    "patronymic": "patronymic middle_name middlename father_name otasining_ismi ota_ismi sharifi отчество "
    "отасининг_исми "
    "шарифи",
    "gender": "gender sex jins jinsi пол жинс жинси",
    "birth_on": "birth_date birthdate date_of_birth dateofbirth dob birth born bdate birth_day_date tugilgan_sana "
    "tugilgan_sanasi tugilgan_kun_oy_yil дата_рождения датарождения д_р др рожден родился "
    "туғилган_сана туғилган_санаси",
    "birthday": "birthday bday tugilgan_kun tugilgan_kuni день_рождения деньрождения туғилган_кун туғилган_куни",
    "phone": "phone phone_number phonenumber mobile mobile_phone cell cellphone tel telephone telefon telefoni "
    "telefon_raqam telefon_raqami raqam_telefon mobil mobil_telefon phone_1 phone1 телефон тел моб мобильный "
    "мобильный_телефон номер_телефона сотовый телефон_рақами телефон_1",
    "phone_2": "phone_2 phone2 second_phone other_phone home_phone work_phone telefon_2 qoshimcha_telefon uy_telefoni "
    "телефон_2 телефон2 доп_телефон дополнительный_телефон домашний_телефон рабочий_телефон қўшимча_телефон",
    "email": "email e_mail mail email_address e_mail_address pochta elektron_pochta e_pochta почта эл_почта "
    "электронная_почта емейл имейл e_mail_адрес электрон_почта",
    "language": "language lang locale til tili язык тил тили",
    "address": "address address_1 address1 address_line_1 street street_address adres manzil manzili yashash_manzili "
    "адрес улица адрес_проживания манзил манзили",
    "address_2": "address_2 address2 address_line_2 apartment flat kvartira xonadon квартира кв адрес_2",
    "house": "street_number house house_number uy uy_raqami дом номер_дома",
    "postcode": "postcode zip zip_code zipcode postal_code index indeks pochta_indeksi индекс почтовый_индекс",
    "state": "state region province viloyat viloyati oblast область регион вилоят вилояти",
    "city": "city town suburb locality shahar shahri город шаҳар населенный_пункт",
    "tags": "tag tags label labels group groups category categories segment teg teglar guruh тег теги метка "
    "метки группа "
    "категория",
    "note": "note notes comment comments remark remarks description izoh eslatma комментарий примечание заметка изоҳ",
    "consent": "consent marketing marketing_consent opt_in optin subscribed newsletter agreed rozilik reklama "
    "reklamaga_rozilik согласие согласие_на_рекламу реклама рассылка подписка розилик",
    "consent_proof": "consent_proof proof consent_source consent_text rozilik_isboti подтверждение_согласия "
    "доказательство_согласия источник_согласия",
}  # fmt: skip
WORDS = [  # of longer headings, the first that fits
    (
        "consent_proof",
        r"(proof|podtverjden|dokazatel|isbot).*|.*(soglasi|consent|rozilik).*(istochnik|source|tekst|text)",
    ),
    ("consent", r".*(consent|opt in|soglasi|rozilik|rassilk).*"),
    ("phone", r".*(phone|telefon|mobil|sotov|\btel\b|whatsapp).*"),
    ("email", r".*(email|e mail|pochta).*"),
    ("birth_on", r".*(birth|rojden|tugilgan|\bdob\b).*"),
    ("patronymic", r".*(patronym|otchestv|otasi|middle name).*"),
    ("last_name", r".*(surname|last name|family name|famili[iy]a).*"),
    ("first_name", r".*(first name|given name|\bimya\b|\bimia\b).*"),
    ("full_name", r".*(full name|\bfio\b|\bfish\b|customer name|client name|ism sharif).*"),
    ("gender", r".*(gender|\bpol\b|\bjins).*"),
    ("city", r".*(\bcity\b|gorod|shahar).*"),
    ("address", r".*(address|adres|manzil).*"),
    ("language", r".*(language|\bazik\b|\byazik\b|\btil\b).*"),
    (
        "number",
        r"(customer|client|klient\w*|mijoz\w*|contact|card|loyalty|member)( \w+)? "
        r"(id|no|number|code|nomer|kod|raqami?)",
    ),
]


def _key(heading: str) -> str:
    return plain(BESIDE.sub("", heading)).replace(" ", "")


WHOLE = {_key(word.replace("_", " ")): name for name, words in HEADINGS.items() for word in words.split()}
PATTERNS = [(name, re.compile(pattern.replace("q", "k").replace("x", "h"))) for name, pattern in WORDS]


def by_headings(headings: list[str]) -> dict[str, str]:
    """Our fields to headings, whole headings before longer ones, each of both once."""
    found: dict[str, str] = {}
    for told in (lambda heading: WHOLE.get(_key(heading), ""), _by_words):
        for heading in headings:
            if heading in found.values():
                continue
            name = told(heading)
            if name == "phone" and name in found:
                name = "phone_2"
            if name and name not in found:
                found[name] = heading
    return found


def _by_words(heading: str) -> str:
    text = plain(BESIDE.sub("", heading))
    return next((name for name, pattern in PATTERNS if pattern.fullmatch(text)), "")

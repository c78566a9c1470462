"""What ready scenarios say differently in each sector: whole sentences, so that each language stays itself."""

from __future__ import annotations

Texts = dict[str, str]

# What a newcomer should know before the next visit.
GUIDE: dict[str, Texts] = {
    "restaurant": {
        "uz": "Bilib qoʻying: kechqurun va dam olish kunlari stolni oldindan band qilgan maʼqul, bolalar uchun alohida "
        "menyu bor, parhez yoki allergiya haqida aytsangiz, oshpaz hisobga oladi.",
        "ru": "Полезно знать: вечером и в выходные лучше заранее забронировать стол, для детей есть своё меню, а о "
        "диете "
        "или аллергии просто скажите, повар это учтёт.",
        "en": "Good to know: in the evening and at weekends a table is better booked ahead, children have a menu of "
        "their "
        "own, and the cook minds a diet or an allergy when you tell us.",
    },
    "clinic": {
        "uz": "Bilib qoʻying: qabulga 10 daqiqa oldin kelsangiz kifoya, avvalgi tahlil va xulosalarni olib keling. "
        "Tahlil natijalari tayyor boʻlishi bilan xabar beramiz.",
        "ru": "Полезно знать: на приём достаточно прийти за 10 минут, возьмите прежние анализы и заключения. Когда "
        "результаты будут готовы, мы сообщим.",
        "en": "Good to know: it is enough to come ten minutes before your appointment; bring earlier test results. We "
        "let you know as soon as new results are ready.",
    },
    "hotel": {
        "uz": "Bilib qoʻying: joylashish soat 14:00 dan, chiqish 12:00 gacha, lekin oldindan yozsangiz, vaqtni "
        "moslashga "
        "harakat qilamiz. Aeroport yoki vokzaldan kutib olishni ham soʻrashingiz mumkin.",
        "ru": "Полезно знать: заезд с 14:00, выезд до 12:00, но если написать заранее, мы постараемся подобрать время. "
        "Можно попросить и встретить вас в аэропорту или на вокзале.",
        "en": "Good to know: rooms are ready from 14:00 and given back by 12:00, but write ahead and we will try to "
        "fit "
        "your hours. We can also meet you at the airport or the station.",
    },
    "repair": {
        "uz": "Bilib qoʻying: tashxis natijasi va narxni ishdan oldin aytamiz, roziligingizsiz hech narsa qilmaymiz. "
        "Ishga kafolat beramiz, qogʻozini saqlab qoʻying.",
        "ru": "Полезно знать: результат диагностики и цену мы называем до работы и без вашего согласия ничего не "
        "делаем. "
        "На работу даём гарантию, сохраните талон.",
        "en": "Good to know: we tell you what is wrong and what it costs before we begin, and do nothing without your "
        "consent. The work has a warranty: keep the slip.",
    },
    "salon": {
        "uz": "Bilib qoʻying: oʻzingizga yoqqan ustaga yozilishingiz mumkin, kechiksangiz, bir xabar qiling, "
        "joyingizni "
        "saqlab turamiz. Teri yoki soch allergiyasi boʻlsa, ustaga ayting.",
        "ru": "Полезно знать: записаться можно к своему мастеру, а если опаздываете, дайте знать, мы подержим место. "
        "Об аллергии кожи или волос скажите мастеру.",
        "en": "Good to know: you can book the master you liked, and if you run late, send a word and we keep your "
        "place. "
        "Tell the master about allergies of skin or hair.",
    },
}
# What to do before the booked visit.
PREPARE: dict[str, Texts] = {
    "restaurant": {
        "uz": "Mehmonlar soni oʻzgarsa yoki kechiksangiz, shu xatga javob yozing: stolingizni saqlab turamiz.",
        "ru": "Если гостей станет больше или меньше или вы задержитесь, ответьте на это письмо: стол мы сохраним.",
        "en": "If you will be more or fewer, or late, reply to this letter: we keep your table.",
    },
    "clinic": {
        "uz": "Pasport va avvalgi tahlillarni oling. Qon topshiradigan boʻlsangiz, och qoringa keling. Kela "
        "olmasangiz, "
        "shu xatga javob yozing: boshqa kun topamiz.",
        "ru": "Возьмите паспорт и прежние анализы. Если сдаёте кровь, приходите натощак. Не сможете прийти, "
        "ответьте на "
        "это письмо: подберём другой день.",
        "en": "Bring your passport and earlier results. For a blood test come on an empty stomach. If you cannot come, "
        "reply to this letter and we will find another day.",
    },
    "hotel": {
        "uz": "Soat nechada kelishingizni shu xatga javob qilib yozing: xonani tayyorlab turamiz, kerak boʻlsa "
        "kutib olamiz.",
        "ru": "Ответьте на это письмо, во сколько вас ждать: подготовим номер, а если нужно, встретим.",
        "en": "Reply with the hour of your arrival: we will have the room ready and meet you if you wish.",
    },
    "repair": {
        "uz": "Qurilma, zaryadlovchi va kafolat qogʻozini oling, maʼlumotlaringiz nusxasini saqlab qoʻying. Reja "
        "oʻzgarsa, "
        "shu xatga javob yozing.",
        "ru": "Возьмите устройство, зарядку и гарантийный талон и сохраните копию своих данных. Если планы изменятся, "
        "ответьте на это письмо.",
        "en": "Bring the device, its charger and the warranty slip, and keep a copy of your data. If plans change, "
        "reply "
        "to this letter.",
    },
    "salon": {
        "uz": "Ustangiz sizni kutadi. Vaqtni oʻzgartirmoqchi boʻlsangiz, shu xatga javob yozing: qulay soat topamiz.",
        "ru": "Ваш мастер вас ждёт. Если нужно другое время, ответьте на это письмо: найдём удобный час.",
        "en": "Your master expects you. For another time reply to this letter: we will find an hour that suits you.",
    },
}
# The gift for a birthday: what it is called, and what it is.
BIRTHDAY: dict[str, tuple[Texts, Texts]] = {
    "restaurant": (
        {"uz": "Tugʻilgan kun shirinligi", "ru": "Десерт ко дню рождения", "en": "Birthday dessert"},
        {"uz": "oshpazdan shirinlik", "ru": "десерт от шеф-повара", "en": "a dessert from the chef"},
    ),
    "clinic": (
        {"uz": "Tugʻilgan kun koʻrigi", "ru": "Осмотр ко дню рождения", "en": "Birthday check-up"},
        {"uz": "bepul profilaktik koʻrik", "ru": "бесплатный профилактический осмотр", "en": "a free check-up"},
    ),
    "hotel": (
        {"uz": "Tugʻilgan kun sovgʻasi", "ru": "Подарок ко дню рождения", "en": "Birthday gift"},
        {"uz": "kech chiqish va xonaga nonushta", "ru": "поздний выезд и завтрак в номер",
         "en": "late check-out and breakfast in your room"},
    ),
    "repair": (
        {"uz": "Tugʻilgan kun sovgʻasi", "ru": "Подарок ко дню рождения", "en": "Birthday gift"},
        {"uz": "bepul tashxis va tozalash", "ru": "бесплатная диагностика и чистка", "en": "a free check and cleaning"},
    ),
    "salon": (
        {"uz": "Tugʻilgan kun sovgʻasi", "ru": "Подарок ко дню рождения", "en": "Birthday gift"},
        {"uz": "qoʻl parvarishi", "ru": "уход за руками", "en": "a hand treatment"},
    ),
}  # fmt: skip
# What goes together with what people come for: the name of the offer, and the sentence that offers it.
COMPANION: dict[str, tuple[Texts, Texts]] = {
    "restaurant": (
        {"uz": "Choy va shirinlik", "ru": "Чай и десерт", "en": "Tea and dessert"},
        {"uz": "Ovqatdan keyin mehmonlarimiz koʻpincha choy va shirinlik oladi.",
         "ru": "После еды наши гости часто берут чай и десерт.",
         "en": "After the meal our guests often take tea and a dessert."},
    ),
    "clinic": (
        {"uz": "Yillik koʻrik", "ru": "Ежегодный осмотр", "en": "Yearly check-up"},
        {"uz": "Shifokor qabulidan keyin koʻpchilik yillik koʻrikdan ham oʻtadi: bir kunda, navbatsiz.",
         "ru": "После приёма многие проходят и ежегодный осмотр: за один день и без очереди.",
         "en": "After an appointment many also have the yearly check-up: in one day, without a queue."},
    ),
    "hotel": (
        {"uz": "Shahar boʻylab sayr", "ru": "Прогулка по городу", "en": "A walk through the city"},
        {"uz": "Mehmonlarimiz koʻpincha yoʻlboshchi bilan shahar boʻylab sayr qiladi.",
         "ru": "Наши гости часто отправляются на прогулку по городу с гидом.",
         "en": "Our guests often take a walk through the city with a guide."},
    ),
    "repair": (
        {"uz": "Tozalash va himoya", "ru": "Чистка и защита", "en": "Cleaning and protection"},
        {"uz": "Taʼmirdan keyin koʻpchilik qurilmani tozalatadi va himoya oynasi yopishtiradi: uzoqroq xizmat qiladi.",
         "ru": "После ремонта многие просят почистить устройство и наклеить защитное стекло: так оно служит дольше.",
         "en": "After a repair many have the device cleaned and the screen protected: it lasts longer."},
    ),
    "salon": (
        {"uz": "Parvarish", "ru": "Уход", "en": "Care"},
        {"uz": "Mijozlarimiz koʻpincha parvarishni ham qoʻshib oladi: natija uzoqroq saqlanadi.",
         "ru": "Наши клиенты часто добавляют уход: так результат держится дольше.",
         "en": "Our customers often add a treatment: the result lasts longer."},
    ),
}  # fmt: skip

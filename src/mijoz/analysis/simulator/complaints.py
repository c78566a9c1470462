"""What customers say when something was wrong, in their own language, by the touchpoint it was wrong at."""

QUEUE = "queue"  # the first touchpoint of COMPLAINTS: said after a long wait

COMPLAINTS: dict[str, dict[str, tuple[str, ...]]] = {
    QUEUE: {
        "uz": (
            "Juda uzoq kutdim, hech kim sababini aytmadi.",
            "Yozilgan vaqtim oʻtib ketdi, baribir navbatda turdim.",
            "Navbat sekin yurdi, bolalar bilan kutish qiyin boʻldi.",
        ),
        "ru": (
            "Очень долго ждал, никто ничего не объяснил.",
            "Пришли к назначенному времени и всё равно стояли в очереди.",
            "Очередь почти не двигалась, с детьми ждать тяжело.",
        ),
        "en": (
            "I waited far too long and nobody said why.",
            "We came on time and still stood in the queue.",
            "The queue hardly moved.",
        ),
    },
    "performance": {
        "uz": (
            "Xizmat kutganimdek chiqmadi.",
            "Oʻtgan safar ancha yaxshi edi, bu gal shoshib bajarishdi.",
        ),
        "ru": ("Результат не такой, как ожидали.", "В прошлый раз было намного лучше, сейчас торопились."),
        "en": (
            "The result was not what I expected.",
            "Last time was much better, today it was done in a hurry.",
        ),
    },
    "order": {
        "uz": ("Hisobda men soʻramagan narsa bor edi.", "Aytilgan narx bilan hisob toʻgʻri kelmadi."),
        "ru": ("В счёте было то, чего я не просил.", "Счёт не сошёлся с названной ценой."),
        "en": (
            "The bill held something I had not asked for.",
            "The bill did not match the price I was told.",
        ),
    },
    "consultation": {
        "uz": ("Savolimga aniq javob olmadim.", "Xodim oxirigacha tinglamadi."),
        "ru": ("Не получила ясного ответа на вопрос.", "Сотрудник не дослушал."),
        "en": ("My question got no clear answer.", "The staff did not hear me out."),
    },
}

"""What customers write when they ask for something or come back with it, in their own language, by touchpoint."""

REQUESTS: dict[str, dict[str, tuple[str, ...]]] = {
    "consultation": {
        "uz": ("Qaysi xizmat menga mos keladi?", "Narxlar va muddatlar haqida bilmoqchi edim."),
        "ru": ("Какая услуга мне подойдёт?", "Хотел узнать о ценах и сроках."),
        "en": ("Which service would suit me?", "I would like to know about prices and times."),
    },
    "order": {
        "uz": ("Buyurtmamga oʻzgartirish kiritmoqchiman.", "Hisobni qayta yuboring, iltimos."),
        "ru": ("Хочу изменить заказ.", "Пришлите, пожалуйста, счёт ещё раз."),
        "en": ("I would like to change my order.", "Please send me the bill again."),
    },
    "follow_up": {
        "uz": ("Keyingi safar nimaga eʼtibor beray?", "Tashrifdan keyin savolim tugʻildi."),
        "ru": ("На что обратить внимание в следующий раз?", "После визита появился вопрос."),
        "en": ("What should I mind next time?", "I have a question after the visit."),
    },
    "warranty": {
        "uz": ("Xizmat toʻgʻri bajarilmagan, qayta koʻrib bering.", "Muammo yana takrorlandi."),
        "ru": ("Сделали неправильно, посмотрите ещё раз.", "Проблема повторилась."),
        "en": ("It was not done right, please look again.", "The trouble has come back."),
    },
}

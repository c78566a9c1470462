from django.urls import path

from mijoz.channels.email import views as email
from mijoz.channels.reports import views as reports
from mijoz.channels.sms import views as sms
from mijoz.channels.telegram import pages as bot
from mijoz.channels.telegram import views as telegram
from mijoz.channels.views import accounts, outbox

app_name = "channels"
urlpatterns = [
    path("settings/channels/", accounts.channels, name="settings"),
    path("settings/channels/email/", email.settings, name="email"),
    path("settings/channels/sms/", sms.settings, name="sms"),
    path("settings/channels/email/reports", reports.settings, name="reports"),
    path("settings/channels/telegram/", bot.settings, name="telegram"),
    path("settings/channels/telegram/trial", bot.trial, name="telegram_trial"),
    path("settings/channels/<slug:channel>/test", accounts.send_test, name="send_test"),
    path("settings/channels/<slug:channel>/off", accounts.switch_off, name="switch_off"),
    path("reports/email/<slug:provider>/", reports.call, name="report"),
    path("customers/<int:pk>/telegram", telegram.invite, name="telegram_invite"),
    path("reports/telegram/", telegram.call, name="telegram_call"),
    path("l/<str:token>/", telegram.link, name="telegram_link"),
    path("reports/sms/<int:pk>/<slug:seal>/", sms.report, name="sms_report"),
    path("outbox/<int:pk>/forgive", reports.forgive, name="forgive"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/export.csv", outbox.export, name="export"),
    path("outbox/<int:pk>/", outbox.message, name="message"),
    path("outbox/<int:pk>/stop", outbox.stop, name="stop"),
    path("outbox/<int:pk>/again", outbox.again, name="again"),
]

from django.urls import path

from mijoz.loyalty.views import customers, offers, programmes, till

app_name = "loyalty"
urlpatterns = [
    path("till/", till.page, name="till"),
    path("till/find/", till.find, name="find"),
    path("till/quote/", till.quote, name="quote"),
    path("till/redeem/", till.redeem, name="redeem"),
    path("till/redemptions/", till.redemptions, name="redemptions"),
    path("till/redemptions/<uuid:redemption>/cancel/", till.cancel, name="cancel"),
    path("customers/<int:customer_id>/points/", customers.adjust, name="adjust"),
    path("customers/<int:customer_id>/friend/", customers.refer, name="refer"),
    path("programmes/", programmes.overview, name="programmes"),
    path("programmes/ready/", programmes.set_up, name="set_up"),
    path("programmes/new/<slug:kind>/", programmes.add, name="add_programme"),
    path("programmes/<slug:key>/", programmes.programme, name="programme"),
    path("programmes/<slug:key>/edit/", programmes.edit, name="edit_programme"),
    path("programmes/<slug:key>/to/<slug:to>/", programmes.move, name="move_programme"),
    path("offers/", offers.overview, name="offers"),
    path("offers/new/", offers.add, name="add_offer"),
    path("offers/<slug:key>/", offers.offer, name="offer"),
    path("offers/<slug:key>/edit/", offers.edit, name="edit_offer"),
    path("offers/<slug:key>/codes/", offers.make_codes, name="make_codes"),
    path("offers/<slug:key>/codes/export/", offers.export_codes, name="export_codes"),
    path("offers/<slug:key>/codes/shared/", offers.share_code, name="share_code"),
    path("offers/<slug:key>/codes/<int:grant>/withdraw/", offers.withdraw, name="withdraw_code"),
    path("offers/<slug:key>/give/", offers.give, name="give"),
    path("offers/<slug:key>/to/<slug:to>/", offers.move, name="move_offer"),
]

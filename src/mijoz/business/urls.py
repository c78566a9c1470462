from django.urls import path

from mijoz.business.views import account, api_keys, company, history, staff, welcome

app_name = "business"
urlpatterns = [
    path("welcome/<str:token>", welcome.welcome, name="welcome"),
    path("me/", account.own_account, name="account"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/export.csv", staff.export, name="staff_export"),
    path("staff/roles", staff.roles, name="roles"),
    path("staff/invite", staff.invite, name="invite"),
    path("staff/<int:pk>/", staff.member, name="member"),
    path("staff/<int:pk>/link", staff.new_link, name="new_link"),
    path("staff/invitations/<int:pk>/withdraw", staff.withdraw, name="withdraw"),
    path("history/", history.changes, name="history"),
    path("settings/api/", api_keys.api_keys, name="api_keys"),
    path("settings/api/new", api_keys.new_api_key, name="new_api_key"),
    path("settings/api/<int:pk>/revoke", api_keys.revoke_api_key, name="revoke_api_key"),
    path("settings/", company.settings, name="settings"),
    path("settings/branches/", company.branches, name="branches"),
    path("settings/branches/new", company.new_branch, name="new_branch"),
    path("settings/branches/<slug:code>/", company.branch, name="branch"),
]

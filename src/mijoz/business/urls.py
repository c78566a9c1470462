from django.urls import path

from mijoz.business.views import account, company, staff, welcome

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
    path("settings/", company.settings, name="settings"),
    path("settings/branches/", company.branches, name="branches"),
    path("settings/branches/new", company.new_branch, name="new_branch"),
    path("settings/branches/<slug:code>/", company.branch, name="branch"),
]

from django.urls import URLPattern, path

from mijoz.customers.matching import views

urlpatterns: list[URLPattern] = [
    path("customers/duplicates/", views.duplicates, name="duplicates"),
    path("customers/duplicates/search", views.search, name="search_duplicates"),
    path("customers/duplicates/progress", views.search_progress, name="search_progress"),
    path("customers/duplicates/rules", views.rules, name="matching_rules"),
    path("customers/duplicates/review/", views.review, name="review"),
    path("customers/duplicates/review/undo", views.undo, name="undo_review"),
    path("customers/duplicates/review/<int:pair_id>/", views.one_pair, name="pair"),
    path("customers/duplicates/review/<int:pair_id>/same", views.same, name="pair_same"),
    path("customers/duplicates/review/<int:pair_id>/two", views.two, name="pair_two"),
    path("customers/duplicates/review/<int:pair_id>/later", views.later, name="pair_later"),
]

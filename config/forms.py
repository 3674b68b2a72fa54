"""How Django's forms turn into pages."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws every form with the one field template and the one form template of the project."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

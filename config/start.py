"""What gunicorn asks before it begins: ``python -m config.start`` ends with 1 and says all that is wrong.

The environment itself is judged when the settings are read; workers look around by themselves.
"""

import os

import django
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


def main() -> None:
    """Read the settings and look around.

    Raises:
        SystemExit: something is wrong.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
    # It knows models, which are there only now.
    import_string("config.readiness.refuse_if_wrong")(serves=True)


if __name__ == "__main__":
    main()

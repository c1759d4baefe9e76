"""Where the official templates come from: ``python -m template_sources.<name>`` makes them."""

"""One module per command. Nothing heavy is imported at their top: ``--help`` has to come at once."""

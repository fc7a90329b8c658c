"""The demo district and what happened in it: facts from `demo/data`, matters made by the ordinary verbs."""

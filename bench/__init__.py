"""`python -m bench [name ...]`: how fast it is, beside the barest Django on the same machine, in the same run."""

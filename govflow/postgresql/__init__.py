"""PostgreSQL as the framework speaks to it, with a cheaper look at whether a kept connection still lives."""

"""The use cases, one verb a function. The only room with a clock."""

"""L0 · The providers of live data: one module each, behind one HTTP client with limits.

Whatever a provider answers is a frame of values, an empty one, or an error of our tree. A key
never stands in a URL that is logged, in a log line or in an error.
"""

"""Stand-ins for what lies outside: they pass the same contract suites as the real thing, or are real servers."""

"""One file per form of report. A report never decides."""

"""The report that people read: one page of HTML that holds its own figures."""

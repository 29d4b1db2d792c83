"""Rules about tests that ran, and the coverage they leave."""

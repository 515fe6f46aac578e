"""playbooks.yaml: what to do."""

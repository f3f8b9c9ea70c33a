"""Outside parties of sla: where public holidays are known from."""

"""What reporting does: hears, folds, sums up, builds anew."""

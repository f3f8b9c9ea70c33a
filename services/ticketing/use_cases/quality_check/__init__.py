"""质检: sheets and rules edited, reviews drawn, scored, disputed and confirmed."""

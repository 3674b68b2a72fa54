"""Pages of grants: the applicant's side; the office's pages are in modules named office_*."""

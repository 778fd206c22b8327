"""`make audit`: the store's pages under vnu, html-validate and Lighthouse. Nothing else uses Java or Node."""

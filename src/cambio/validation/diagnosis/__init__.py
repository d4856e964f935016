"""L4 · An edge or an artefact: what is left of a profit without what could have faked it."""

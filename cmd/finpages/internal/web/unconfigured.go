package web

import "finpages/ingest/inspect"

// IsUnconfigured reports whether the source is no longer in the config.
func (c card) IsUnconfigured() bool { return c.State == inspect.Unconfigured }

func (c card) unconfigured() health {
	return health{Level: levelFailed, Label: "Not configured",
		Text: sentence(inspect.StillInFin(c.Pages)) + " To go on, " + inspect.BothWays(c.Name) + "."}
}

// goneText is the headline where sources are no longer configured.
func goneText(sources int) string {
	if sources == 1 {
		return "Fin answers from pages of a source that is no longer configured."
	}
	return "Fin answers from pages of " + count(sources, "source", "sources") + " that are no longer configured."
}

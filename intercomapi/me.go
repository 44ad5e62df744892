package intercomapi

import (
	"context"
	"net/http"
)

// Me is whom the token belongs to.
type Me struct {
	ID   string // the admin's
	Name string
	App  *App // nil if Intercom does not say
}

// App is a workspace.
type App struct {
	IDCode string // as in the addresses of Intercom's own pages
	Name   string
	Region string // such as US, EU, AU
}

// Me returns the token's owner and workspace.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins/identifyadmin
func (c *Client) Me(ctx context.Context) (Me, error) {
	var m struct {
		ID   text   `json:"id"`
		Name string `json:"name"`
		App  *struct {
			IDCode string `json:"id_code"`
			Name   string `json:"name"`
			Region string `json:"region"`
		} `json:"app"`
	}
	err := c.do(ctx, call{
		operation: "get_me", method: http.MethodGet, path: "/me",
		limit: maxOne, read: into(&m),
	})
	if err != nil {
		return Me{}, err
	}
	return Me{ID: string(m.ID), Name: m.Name, App: (*App)(m.App)}, nil
}

// A script of its own: the page's policy allows none within it.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null, // it would be asked over the internet
});

// Outside the page, because the content security policy refuses inline scripts.
window.SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  // The validator badge would call a foreign server.
  validatorUrl: null,
  requestInterceptor: (request) => {
    // With the console's cookie, "Try it out" needs the header that proves our own page sent it.
    request.headers['X-Tidedesk-Client'] = 'console'
    return request
  },
})

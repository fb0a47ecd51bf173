/* W3C Trace Context, level 1: the header traceparent. */
#ifndef HTTP_TRACE_H
#define HTTP_TRACE_H

#define HTTP_TRACE_ID_SIZE 33
#define HTTP_TRACEPARENT_SIZE 56

struct http_trace {
	char id[HTTP_TRACE_ID_SIZE];        /* the trace id, hex */
	char parent[HTTP_TRACEPARENT_SIZE]; /* the header to hand on: this trace, a span id of our own */
};

/* incoming: the caller's header, NULL or anything; what is not valid is replaced by a fresh trace. */
void http_trace_init(struct http_trace *trace, const char *incoming);

#endif

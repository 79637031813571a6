/* The picture of the workflow, made from the tables that the engine obeys. */
#ifndef ISSUER_ENGINE_ORDER_WORKFLOW_H
#define ISSUER_ENGINE_ORDER_WORKFLOW_H

#include "base/bytes.h"

/* Graphviz: order states, moves, and what a restart does in each state. */
void workflow_dot(struct buffer *out);

#endif

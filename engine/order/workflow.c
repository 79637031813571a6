/* ORDER_STATES and ORDER_MOVES as a graph: see workflow.h. */
#include "engine/order/workflow.h"

#include "store/states.h"

static const char *shape(enum order_state_kind kind)
{
	switch (kind) {
	case STATE_STABLE:
		return "box";
	case STATE_WAITING:
		return "ellipse";
	case STATE_TERMINAL:
		return "doublecircle";
	}
	return "box";
}

void workflow_dot(struct buffer *out)
{
	static const enum order_state states[] = {
#define X(name, code, wire, kind, restart) ORDER_##name,
		ORDER_STATES(X)
#undef X
	};
	buffer_append_text(out, "digraph order {\n\trankdir=LR;\n");
	for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
		buffer_printf(out, "\t\"%s\" [shape=%s, tooltip=\"after a restart: %s\"];\n",
			      order_state_text(states[i]), shape(order_state_kind(states[i])),
			      order_state_restart(states[i]));
	for (size_t i = 0; i < order_move_count; i++)
		buffer_printf(out, "\t\"%s\" -> \"%s\" [label=\"%s\"];\n",
			      order_state_text(order_moves[i].from),
			      order_state_text(order_moves[i].to),
			      order_event_text(order_moves[i].event));
	buffer_append_text(out, "}\n");
}

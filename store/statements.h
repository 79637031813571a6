/*
 * Every SQL statement of the program, in one table. Private to store/.
 * Columns are listed in the order in which the record functions read them.
 */
#ifndef ISSUER_STORE_STATEMENTS_H
#define ISSUER_STORE_STATEMENTS_H

/* clang-format off */
#define MESSAGE_COLUMNS "SELECT id, authorization_id, attempt, order_id, recipient, roles, source," \
	" contacts_id, value_hash, mail_id, until_at, created_at, state, state_at, evidence_id," \
	" bounced_at, bounce FROM message"

#define CALL_COLUMNS "SELECT id, authorization_id, attempt, order_id, number, written, roles, source," \
	" person, contacts_id, value, value_hash, until_at, entitled, rule, created_at, state, state_at," \
	" tries, outcome, proposed_at, agreed_at, called_at, callee, callee_role, officer, code," \
	" evidence_id FROM call"

#define STATEMENTS(X) \
	/* transactions and upkeep */ \
	X(BEGIN_IMMEDIATE, "BEGIN IMMEDIATE") \
	X(COMMIT,          "COMMIT") \
	X(ROLLBACK,        "ROLLBACK") \
	X(BEGIN_READ,      "BEGIN") \
	X(SAVEPOINT_EVENT, "SAVEPOINT event") \
	X(RELEASE_EVENT,   "RELEASE event") \
	X(UNDO_EVENT,      "ROLLBACK TO event") \
	X(SCHEMA_VERSION,  "PRAGMA user_version") \
	X(QUICK_CHECK,     "PRAGMA quick_check(1)") \
	X(FOREIGN_KEY_CHECK, "PRAGMA foreign_key_check") \
	X(META_GET,        "SELECT value FROM meta WHERE name = ?") \
	X(META_SET,        "INSERT INTO meta (name, value) VALUES (?1, ?2)" \
	                   " ON CONFLICT (name) DO UPDATE SET value = ?2") \
	X(PACK_KEEP,       "INSERT INTO pack (digest, id, text) VALUES (?, ?, CAST(? AS TEXT))" \
	                   " ON CONFLICT DO NOTHING") \
	/* party.c */ \
	X(TENANT_INSERT,   "INSERT INTO tenant (name, created_at) VALUES (?, ?)") \
	X(TENANT_BY_NAME,  "SELECT id FROM tenant WHERE name = ?") \
	X(APPLICANT_INSERT, "INSERT INTO applicant (tenant_id, reference, name, type, country, created_at," \
	                   " account_uri, account_thumbprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?)") \
	X(APPLICANT_GET,   "SELECT id, tenant_id, reference, name, type, country, created_at, account_uri," \
	                   " account_thumbprint" \
	                   " FROM applicant WHERE id = ?") \
	X(APPLICANT_BY_REFERENCE, "SELECT id, tenant_id, reference, name, type, country, created_at, account_uri," \
	                   " account_thumbprint" \
	                   " FROM applicant WHERE tenant_id = ? AND reference = ? ORDER BY id DESC LIMIT 1") \
	X(APPLICANT_ACCOUNT, "UPDATE applicant SET account_uri = ?2, account_thumbprint = ?3 WHERE id = ?1") \
	/* contract.c */ \
	X(CONTRACT_INSERT, "INSERT INTO contract (tenant_id, applicant_id, product, common_name," \
	                   " paid_from_at, paid_until_at, csr_creator, licence_count, version, created_at)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)") \
	X(CONTRACT_VERSION_INSERT, "INSERT INTO contract_version (contract_id, version, data, created_at)" \
	                   " VALUES (?, ?, ?, ?)") \
	/* order.c */ \
	X(ORDER_INSERT,    "INSERT INTO orders (network_id, contract_id, tenant_id, applicant_id, kind," \
	                   " product, state, method, key_type, created_at, state_at, give_up_at, alias)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?10, ?10, ?11, ?12)") \
	X(ORDER_GET,       "SELECT id, network_id, contract_id, tenant_id, applicant_id, kind, product," \
	                   " state, code, reason, method, key_type, created_at, state_at, give_up_at," \
	                   " request_id, certificate_id, alias FROM orders WHERE id = ?") \
	X(ORDER_MOVE,      "UPDATE orders SET state = ?3, code = ?4, reason = ?5, state_at = ?6" \
	                   " WHERE id = ?1 AND state = ?2") \
	X(ORDER_SET_REQUEST, "UPDATE orders SET request_id = ?2, key_type = ?3 WHERE id = ?1") \
	X(ORDER_SET_KEY_TYPE, "UPDATE orders SET key_type = ?2, request_id = NULL WHERE id = ?1") \
	X(ORDER_SET_CERTIFICATE, "UPDATE orders SET certificate_id = ?2 WHERE id = ?1") \
	X(ORDER_LIST,      "SELECT o.id, o.product, o.state, o.code, o.reason, o.created_at, o.state_at," \
	                   " (SELECT display FROM order_name WHERE order_id = o.id AND position = 0)," \
	                   " (SELECT count(*) FROM order_name WHERE order_id = o.id)," \
	                   " (SELECT reference FROM order_reference WHERE order_id = o.id)" \
	                   " FROM orders o WHERE o.id > ?1 ORDER BY o.id LIMIT ?2") \
	X(ORDER_LIST_STATE, "SELECT o.id, o.product, o.state, o.code, o.reason, o.created_at, o.state_at," \
	                   " (SELECT display FROM order_name WHERE order_id = o.id AND position = 0)," \
	                   " (SELECT count(*) FROM order_name WHERE order_id = o.id)," \
	                   " (SELECT reference FROM order_reference WHERE order_id = o.id)" \
	                   " FROM orders o WHERE o.id > ?1 AND o.state = ?3 ORDER BY o.id LIMIT ?2") \
	X(ORDER_NAME_INSERT, "INSERT INTO order_name (order_id, position, name, display, wildcard)" \
	                   " VALUES (?, ?, ?, ?, ?)") \
	X(ORDER_NAMES,     "SELECT position, name, display, wildcard, method, domain, reuse FROM order_name" \
	                   " WHERE order_id = ? ORDER BY position") \
	X(ORDER_NAME_WAY,  "UPDATE order_name SET method = ?3, domain = ?4 WHERE order_id = ?1 AND name = ?2") \
	X(ORDER_NAME_REUSE, "UPDATE order_name SET reuse = ?3 WHERE order_id = ?1 AND name = ?2") \
	X(REFERENCE_INSERT, "INSERT INTO order_reference (tenant_id, reference, digest, order_id)" \
	                   " VALUES (?, ?, ?, ?)") \
	X(REFERENCE_GET,   "SELECT order_id, digest FROM order_reference" \
	                   " WHERE tenant_id = ? AND reference = ?") \
	X(REFERENCE_OF_ORDER, "SELECT reference FROM order_reference WHERE order_id = ?") \
	X(COMMAND_INSERT,  "INSERT INTO command_request (tenant_id, request_id, digest, output, exit," \
	                   " created_at) VALUES (?, ?, ?, ?, ?, ?)") \
	X(COMMAND_GET,     "SELECT digest, output, exit FROM command_request" \
	                   " WHERE tenant_id = ? AND request_id = ?") \
	/* gate.c */ \
	X(GATE_INSERT,     "INSERT INTO gate (order_id, kind, name, position, state, turn, until_at, code," \
	                   " sentence, action, authorization_id, validation_id, decided_at, lapses_at)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(GATE_UPDATE,     "UPDATE gate SET state = ?4, turn = ?5, until_at = ?6, code = ?7, sentence = ?8," \
	                   " action = ?9, authorization_id = ?10, validation_id = ?11, decided_at = ?12," \
	                   " lapses_at = ?13 WHERE order_id = ?1 AND kind = ?2 AND name = ?3") \
	X(GATES_OF_ORDER,  "SELECT order_id, kind, name, position, state, turn, until_at, code, sentence," \
	                   " action, authorization_id, validation_id, decided_at, lapses_at FROM gate" \
	                   " WHERE order_id = ? ORDER BY position") \
	X(GATE_AWAITED,    "SELECT 1 FROM gate g JOIN orders o ON o.id = g.order_id" \
	                   " WHERE g.authorization_id = ? AND o.state = 2 LIMIT 1") \
	/* the names that wait for an authorization, as displayed, and of which orders */ \
	X(GATES_AWAITING,  "SELECT g.order_id, g.name, n.display, n.wildcard FROM gate g CROSS JOIN orders o" \
	                   " ON o.id = g.order_id JOIN order_name n ON n.order_id = g.order_id AND n.name = g.name" \
	                   " WHERE g.authorization_id = ? AND g.kind = 3 AND o.state = 2" \
	                   " ORDER BY g.order_id, g.position LIMIT ?") \
	X(GATES_WAITING,   "SELECT g.order_id, g.kind, g.name, g.state, g.turn, g.until_at, g.code, g.action," \
	                   " o.created_at FROM gate g JOIN orders o ON o.id = g.order_id" \
	                   " WHERE g.state IN (3, 5) AND o.state = 2 ORDER BY g.order_id LIMIT ?1") \
	/* authorization.c */ \
	X(AUTHORIZATION_INSERT, "INSERT INTO authorization (network_id, applicant_id, domain, method, ca," \
	                   " order_id, pack, state, file_name, value, value_until_at, attempt, failures," \
	                   " not_before_at, created_at, changed_at)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?12, ?12, ?12)") \
	X(AUTHORIZATION_GET, "SELECT id, network_id, applicant_id, domain, method, ca, order_id, pack, state," \
	                   " file_name, value, value_until_at, attempt, failures, not_before_at, code, sentence," \
	                   " hint, evidence_id, validation_id, created_at, changed_at, addresses FROM authorization" \
	                   " WHERE id = ?") \
	X(AUTHORIZATION_FIND, "SELECT id, network_id, applicant_id, domain, method, ca, order_id, pack, state," \
	                   " file_name, value, value_until_at, attempt, failures, not_before_at, code, sentence," \
	                   " hint, evidence_id, validation_id, created_at, changed_at, addresses FROM authorization" \
	                   " WHERE applicant_id = ? AND domain = ? AND method = ? AND ca = ? AND order_id = ?" \
	                   " AND pack = ?") \
	X(AUTHORIZATION_BEGIN, "UPDATE authorization SET state = ?3, attempt = attempt + 1, changed_at = ?4" \
	                   " WHERE id = ?1 AND attempt = ?2") \
	X(AUTHORIZATION_END, "UPDATE authorization SET state = ?3, failures = ?4, not_before_at = ?5," \
	                   " code = ?6, sentence = ?7, hint = ?8, evidence_id = ?9, validation_id = ?10," \
	                   " changed_at = ?11 WHERE id = ?1 AND attempt = ?2") \
	X(AUTHORIZATION_RENEW, "UPDATE authorization SET file_name = ?2, value = ?3, value_until_at = ?4," \
	                   " state = ?5, failures = 0, not_before_at = ?6, code = NULL, sentence = NULL," \
	                   " hint = NULL, changed_at = ?6, pack = ?7 WHERE id = ?1") \
	X(AUTHORIZATION_AGAIN, "UPDATE authorization SET state = ?2, not_before_at = ?3, changed_at = ?3" \
	                   " WHERE id = ?1") \
	X(AUTHORIZATION_ADDRESS, "UPDATE authorization SET addresses = ?2, changed_at = ?3 WHERE id = ?1") \
	/* message.c */ \
	X(MESSAGE_INSERT,  "INSERT INTO message (authorization_id, attempt, order_id, recipient, roles, source," \
	                   " contacts_id, value_hash, mail_id, until_at, created_at, state, state_at)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?11, ?12, ?11)") \
	X(MESSAGE_GET,     MESSAGE_COLUMNS " WHERE id = ?") \
	X(MESSAGE_OF_VALUE, MESSAGE_COLUMNS " WHERE value_hash = ?") \
	X(MESSAGE_OF_MAIL, MESSAGE_COLUMNS " WHERE mail_id = ?") \
	X(MESSAGE_NEXT,    MESSAGE_COLUMNS " WHERE id > ? ORDER BY id LIMIT 1") \
	X(MESSAGE_OF_ORDER, MESSAGE_COLUMNS " WHERE order_id = ? AND id > ? ORDER BY id LIMIT 1") \
	X(MESSAGE_OF_AUTHORIZATION, MESSAGE_COLUMNS " WHERE authorization_id = ? AND id > ? ORDER BY id LIMIT 1") \
	X(MESSAGE_MOVE,    "UPDATE message SET state = ?3, state_at = ?4, evidence_id = ?5" \
	                   " WHERE id = ?1 AND state = ?2") \
	X(MESSAGE_BOUNCE,  "UPDATE message SET bounced_at = ?2, bounce = ?3 WHERE id = ?1 AND bounced_at IS NULL") \
	/* call.c */ \
	X(CALL_INSERT,     "INSERT INTO call (authorization_id, attempt, order_id, number, written, roles, source," \
	                   " person, contacts_id, value, value_hash, until_at, entitled, rule, created_at, proposed_at," \
	                   " state, state_at, tries)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?15, ?16, ?17, ?15, 0)") \
	X(CALL_GET,        CALL_COLUMNS " WHERE id = ?") \
	X(CALL_OF_VALUE,   CALL_COLUMNS " WHERE value_hash = ?") \
	X(CALL_STANDING,   CALL_COLUMNS " WHERE id > ? AND state IN (1, 2) ORDER BY id LIMIT 1") \
	X(CALL_OF_AUTHORIZATION, CALL_COLUMNS " WHERE authorization_id = ? AND id > ? ORDER BY id LIMIT 1") \
	X(CALL_MOVE,       "UPDATE call SET state = ?3, state_at = ?4, evidence_id = coalesce(?5, evidence_id)" \
	                   " WHERE id = ?1 AND state = ?2") \
	X(CALL_TIMES,      "UPDATE call SET proposed_at = ?3, agreed_at = ?4" \
	                   " WHERE id = ?1 AND tries = ?2 AND state IN (1, 2)") \
	X(CALL_DIALLED,    "UPDATE call SET tries = ?2 + 1, outcome = ?3, called_at = ?4, callee = ?5," \
	                   " callee_role = ?6, officer = ?7, code = ?8, evidence_id = ?9, proposed_at = ?10," \
	                   " agreed_at = ?11 WHERE id = ?1 AND tries = ?2 AND state IN (1, 2)") \
	/* rejection.c */ \
	X(REJECTION_INSERT, "INSERT INTO rejection (applicant_id, domain, authorization_id, evidence_id, said_by," \
	                   " created_at) VALUES (?, ?, ?, ?, ?, ?)") \
	X(REJECTION_STANDING, "SELECT id, applicant_id, domain, authorization_id, evidence_id, said_by, created_at," \
	                   " lifted_at, lifted_reason FROM rejection WHERE applicant_id = ? AND lifted_at IS NULL" \
	                   " AND id > ? ORDER BY id LIMIT 1") \
	/* the order for which the person was asked last, and its state */ \
	X(REJECTION_NEXT,  "SELECT r.id, r.domain, r.created_at, o.id, o.state FROM rejection r LEFT JOIN orders o" \
	                   " ON o.id = coalesce((SELECT max(order_id) FROM message WHERE authorization_id =" \
	                   " r.authorization_id), (SELECT max(order_id) FROM call WHERE authorization_id =" \
	                   " r.authorization_id)) WHERE r.id > ? AND r.lifted_at IS NULL ORDER BY r.id LIMIT 1") \
	X(REJECTION_LIFT,  "UPDATE rejection SET lifted_at = ?2, lifted_reason = ?3 WHERE id = ?1 AND lifted_at IS NULL") \
	/* validation.c */ \
	X(VALIDATION_INSERT, "INSERT INTO validation (subject, applicant_id, domain, method, label, ca," \
	                   " authorization_id, attempt, evidence_id, pack, pack_digest, began_at," \
	                   " validated_at, ttl_s, value_hash, target)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(VALIDATION_GET,  "SELECT id, subject, applicant_id, domain, method, label, ca, authorization_id," \
	                   " attempt, evidence_id, pack, pack_digest, began_at, validated_at, ttl_s," \
	                   " value_hash, withdrawn_at, target FROM validation WHERE id = ?") \
	X(VALIDATION_NEWEST, "SELECT id, subject, applicant_id, domain, method, label, ca, authorization_id," \
	                   " attempt, evidence_id, pack, pack_digest, began_at, validated_at, ttl_s," \
	                   " value_hash, withdrawn_at, target FROM validation WHERE applicant_id = ? AND domain = ? AND method = ?" \
	                   " AND ca = ? AND pack = ? AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1") \
	X(VALIDATION_NEWEST_OF, "SELECT id, subject, applicant_id, domain, method, label, ca, authorization_id," \
	                   " attempt, evidence_id, pack, pack_digest, began_at, validated_at, ttl_s," \
	                   " value_hash, withdrawn_at, target FROM validation WHERE authorization_id = ?" \
	                   " AND pack = ? AND withdrawn_at IS NULL ORDER BY attempt DESC LIMIT 1") \
	X(VALIDATION_WHY,  "SELECT withdrawn_reason FROM validation WHERE id = ?") \
	X(VALIDATION_CERTIFICATE, "SELECT c.id FROM gate g JOIN certificate c ON c.order_id = g.order_id" \
	                   " WHERE g.authorization_id = ?1 AND g.validation_id = ?2 AND c.id > ?3" \
	                   " ORDER BY c.id LIMIT 1") \
	X(VALIDATION_WITHDRAW, "UPDATE validation SET withdrawn_at = ?2, withdrawn_reason = ?3" \
	                   " WHERE id = ?1 AND withdrawn_at IS NULL") \
	X(VALIDATION_NEXT, "SELECT id, subject, applicant_id, domain, method, label, ca, authorization_id," \
	                   " attempt, evidence_id, pack, pack_digest, began_at, validated_at, ttl_s," \
	                   " value_hash, withdrawn_at, target FROM validation WHERE id > ? ORDER BY id LIMIT 1") \
	/* evidence.c */ \
	X(EVIDENCE_INSERT, "INSERT INTO evidence (hash, kind, size, bytes, created_at)" \
	                   " VALUES (?, ?, ?, ?, ?)") \
	X(EVIDENCE_GET,    "SELECT id, hash, kind, size, bytes, created_at FROM evidence WHERE id = ?") \
	X(EVIDENCE_BY_HASH, "SELECT id, hash, kind, size, bytes, created_at FROM evidence WHERE hash = ?") \
	X(EVIDENCE_NEXT,   "SELECT id, hash, kind, size, bytes, created_at FROM evidence WHERE id > ?" \
	                   " ORDER BY id LIMIT 1") \
	/* key.c, request.c, certificate.c */ \
	X(KEY_INSERT,      "INSERT INTO key (owner, type, kek_id, sealed, created_at) VALUES (?, ?, ?, ?, ?)") \
	X(KEY_KEK_ID,      "SELECT kek_id FROM key ORDER BY id LIMIT 1") \
	X(KEY_GET,         "SELECT id, owner, type, kek_id, sealed, created_at FROM key WHERE id = ?") \
	X(REQUEST_INSERT,  "INSERT INTO request (order_id, key_id, creator, der, spki, key_type, created_at)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?)") \
	X(REQUEST_GET,     "SELECT id, order_id, key_id, creator, der, spki, key_type, created_at" \
	                   " FROM request WHERE id = ?") \
	X(AUTHORITY_INSERT, "INSERT INTO authority (ca, role, der, key_id, created_at) VALUES (?, ?, ?, ?, ?)") \
	X(AUTHORITY_GET,   "SELECT id, ca, role, der, key_id FROM authority WHERE ca = ? AND role = ?") \
	X(CERTIFICATE_INSERT, "INSERT INTO certificate (order_id, contract_id, ca, serial, fingerprint," \
	                   " not_before_at, not_after_at, der, effect_id, issued_at)" \
	                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") \
	X(CERTIFICATE_GET, "SELECT id, order_id, contract_id, ca, serial, fingerprint, not_before_at," \
	                   " not_after_at, der, effect_id, issued_at FROM certificate WHERE id = ?") \
	X(CERTIFICATE_NEXT, "SELECT id, order_id, contract_id, ca, serial, fingerprint, not_before_at," \
	                   " not_after_at, der, effect_id, issued_at FROM certificate WHERE id > ?" \
	                   " ORDER BY id LIMIT 1") \
	/* schedule.c */ \
	X(SCHEDULE_PUT,    "INSERT INTO schedule (due_at, duty, subject_id, on_wire) VALUES (?1, ?2, ?3, 0)" \
	                   " ON CONFLICT (duty, subject_id) DO UPDATE SET due_at = ?1, on_wire = 0") \
	X(SCHEDULE_SOONER, "INSERT INTO schedule (due_at, duty, subject_id, on_wire) VALUES (?1, ?2, ?3, 0)" \
	                   " ON CONFLICT (duty, subject_id) DO UPDATE SET due_at = min(due_at, ?1)") \
	/* CROSS JOIN: from the gates to their orders, never through all the pending ones. */ \
	X(SCHEDULE_DECIDE, "INSERT INTO schedule (due_at, duty, subject_id, on_wire)" \
	                   " SELECT ?2, ?3, g.order_id, 0 FROM gate g CROSS JOIN orders o" \
	                   " ON o.id = g.order_id WHERE g.authorization_id = ?1 AND o.state = 2" \
	                   " ON CONFLICT (duty, subject_id) DO UPDATE SET due_at = min(due_at, ?2)") \
	X(SCHEDULE_DECIDE_APPLICANT, "INSERT INTO schedule (due_at, duty, subject_id, on_wire)" \
	                   " SELECT ?2, ?3, o.id, 0 FROM orders o WHERE o.applicant_id = ?1 AND o.state = 2" \
	                   " ON CONFLICT (duty, subject_id) DO UPDATE SET due_at = min(due_at, ?2)") \
	X(SCHEDULE_ON_WIRE, "INSERT INTO schedule (due_at, duty, subject_id, on_wire) VALUES (?1, ?2, ?3, 1)" \
	                   " ON CONFLICT (duty, subject_id) DO UPDATE SET due_at = ?1, on_wire = 1") \
	X(SCHEDULE_DROP,   "DELETE FROM schedule WHERE duty = ? AND subject_id = ?") \
	X(SCHEDULE_LANDED, "UPDATE schedule SET on_wire = 0 WHERE on_wire = 1") \
	X(SCHEDULE_DUE,    "SELECT id, due_at, duty, subject_id FROM schedule" \
	                   " WHERE on_wire = 0 AND duty = ? AND due_at <= ? ORDER BY due_at LIMIT ?") \
	X(SCHEDULE_OF,     "SELECT due_at, on_wire FROM schedule WHERE duty = ? AND subject_id = ?") \
	X(SCHEDULE_NEXT,   "SELECT min(due_at) FROM schedule WHERE on_wire = 0 AND duty = ?") \
	/* effect.c */ \
	X(EFFECT_INSERT,   "INSERT INTO effect (kind, class, idempotency_key, order_id, intent, state," \
	                   " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)") \
	X(EFFECT_GET,      "SELECT id, kind, class, idempotency_key, order_id, intent, state, created_at," \
	                   " done_at, tries, answer FROM effect WHERE id = ?") \
	X(EFFECT_OF_KEY,   "SELECT id FROM effect WHERE idempotency_key = ?") \
	X(EFFECT_OF_ORDER, "SELECT id, kind, class, idempotency_key, order_id, intent, state, created_at," \
	                   " done_at, tries, answer FROM effect WHERE order_id = ? AND id > ? ORDER BY id LIMIT 1") \
	X(EFFECT_TRY,      "UPDATE effect SET tries = ?2 + 1, answer = NULL WHERE id = ?1 AND tries = ?2" \
	                   " AND state = ?3") \
	X(EFFECT_ANSWER,   "UPDATE effect SET answer = ?3 WHERE id = ?1 AND tries = ?2 AND state = ?4") \
	X(EFFECT_COUNT,    "SELECT count(*) FROM effect WHERE order_id = ?") \
	X(EFFECT_DONE,     "UPDATE effect SET state = ?2, done_at = ?3 WHERE id = ?1 AND state = ?4") \
	/* journal.c */ \
	X(JOURNAL_HEAD,    "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1") \
	X(JOURNAL_INSERT,  "INSERT INTO journal (seq, at, previous, body, hash) VALUES (?, ?, ?, ?, ?)") \
	X(JOURNAL_ORDER_INSERT, "INSERT INTO journal_order (order_id, seq) VALUES (?, ?)" \
	                   " ON CONFLICT DO NOTHING") \
	X(JOURNAL_READ,    "SELECT seq, at, previous, body, hash FROM journal WHERE seq > ? ORDER BY seq" \
	                   " LIMIT 1") \
	X(JOURNAL_OF_ORDER, "SELECT j.seq, j.at, j.previous, j.body, j.hash FROM journal_order o" \
	                   " JOIN journal j ON j.seq = o.seq WHERE o.order_id = ? AND o.seq > ?" \
	                   " ORDER BY o.seq LIMIT 1") \
	/* audit.c: what the journal says is gathered in temporary tables and held against the records */ \
	X(AUDIT_ORDER_SET, "INSERT INTO temp.audit_order (id, state) VALUES (?1, ?2)" \
	                   " ON CONFLICT (id) DO UPDATE SET state = ?2") \
	X(AUDIT_ORDER_GET, "SELECT state FROM temp.audit_order WHERE id = ?") \
	X(AUDIT_GATE_SET,  "INSERT INTO temp.audit_gate (order_id, kind, name, state) VALUES (?1, ?2, ?3, ?4)" \
	                   " ON CONFLICT (order_id, kind, name) DO UPDATE SET state = ?4") \
	X(AUDIT_OBJECT_SET, "INSERT INTO temp.audit_object (kind, id, digest) VALUES (?, ?, ?)" \
	                   " ON CONFLICT (kind, id) DO UPDATE SET digest = excluded.digest") \
	X(AUDIT_ORDER_DIFFERS, "SELECT 'order o-' || coalesce(a.id, o.id) || ' is in a state (' ||" \
	                   " coalesce(o.state, 'absent') || ') that the journal does not know (' ||" \
	                   " coalesce(a.state, 'none') || ')' FROM orders o FULL JOIN temp.audit_order a" \
	                   " ON a.id = o.id WHERE a.state IS NOT o.state LIMIT 1") \
	X(AUDIT_GATE_DIFFERS, "SELECT 'a gate of order o-' || coalesce(a.order_id, g.order_id) || ' (' ||" \
	                   " coalesce(a.name, g.name) || ') is in a state (' || coalesce(g.state, 'absent') ||" \
	                   " ') that the journal does not know (' || coalesce(a.state, 'none') || ')'" \
	                   " FROM gate g FULL JOIN temp.audit_gate a ON a.order_id = g.order_id AND" \
	                   " a.kind = g.kind AND a.name = g.name WHERE a.state IS NOT g.state LIMIT 1") \
	X(AUDIT_MESSAGE_SET, "INSERT INTO temp.audit_message (id, state) VALUES (?1, ?2)" \
	                   " ON CONFLICT (id) DO UPDATE SET state = ?2") \
	X(AUDIT_MESSAGE_DIFFERS, "SELECT 'message m-' || m.id || ' is in another state (' || m.state ||" \
	                   " ') than the journal says (' || coalesce(a.state, 1) || ')'" \
	                   " FROM message m LEFT JOIN temp.audit_message a ON a.id = m.id" \
	                   " WHERE m.state <> coalesce(a.state, 1) LIMIT 1") \
	X(AUDIT_CALL_SET,  "INSERT INTO temp.audit_call (id, state) VALUES (?1, ?2)" \
	                   " ON CONFLICT (id) DO UPDATE SET state = ?2") \
	X(AUDIT_CALL_DIFFERS, "SELECT 'call t-' || c.id || ' is in another state (' || c.state ||" \
	                   " ') than the journal says (' || coalesce(a.state, 1) || ')'" \
	                   " FROM call c LEFT JOIN temp.audit_call a ON a.id = c.id" \
	                   " WHERE c.state <> coalesce(a.state, 1) LIMIT 1") \
	X(AUDIT_OBJECT_NEXT, "SELECT kind, id, digest FROM temp.audit_object" \
	                   " WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT 1") \
	X(AUDIT_OBJECT_COUNT, "SELECT count(*) FROM temp.audit_object WHERE kind = ?") \
	/* object.c: what never changes of a record; its digest goes into the journal */ \
	X(OBJECT_ORDER,    "SELECT o.network_id, o.contract_id, o.tenant_id, o.applicant_id, o.kind," \
	                   " o.product, o.method, o.created_at, o.give_up_at, c.common_name, c.applicant_id," \
	                   " c.product, (SELECT reference FROM order_reference WHERE order_id = o.id)," \
	                   " (SELECT group_concat(position || ' ' || name || ' ' || display || ' ' || wildcard," \
	                   " char(10)) FROM order_name WHERE order_id = o.id), nullif(o.alias, 0)" \
	                   " FROM orders o JOIN contract c ON c.id = o.contract_id WHERE o.id = ?") \
	X(OBJECT_REQUEST,  "SELECT order_id, key_id, creator, der, spki, key_type, created_at FROM request" \
	                   " WHERE id = ?") \
	X(OBJECT_AUTHORITY, "SELECT ca, role, der, key_id, created_at FROM authority WHERE id = ?") \
	X(OBJECT_EVIDENCE, "SELECT hash, kind, size, created_at FROM evidence WHERE id = ?") \
	X(OBJECT_VALIDATION, "SELECT subject, applicant_id, domain, method, label, ca, authorization_id," \
	                   " attempt, evidence_id, pack, pack_digest, began_at, validated_at, ttl_s, value_hash," \
	                   " withdrawn_at, target FROM validation WHERE id = ?") \
	X(OBJECT_EFFECT,   "SELECT kind, class, idempotency_key, order_id, intent, created_at FROM effect" \
	                   " WHERE id = ?") \
	X(OBJECT_CERTIFICATE, "SELECT order_id, contract_id, ca, serial, fingerprint, not_before_at," \
	                   " not_after_at, der, effect_id, issued_at FROM certificate WHERE id = ?") \
	X(OBJECT_MESSAGE,  "SELECT authorization_id, attempt, order_id, recipient, roles, source, contacts_id," \
	                   " value_hash, mail_id, until_at, created_at FROM message WHERE id = ?") \
	X(OBJECT_CALL,     "SELECT authorization_id, attempt, order_id, number, written, roles, source, person," \
	                   " contacts_id, value_hash, until_at, entitled, rule, created_at FROM call WHERE id = ?") \
	X(OBJECT_REJECTION, "SELECT applicant_id, domain, authorization_id, evidence_id, said_by, created_at," \
	                   " lifted_at" \
	                   " FROM rejection WHERE id = ?") \
	X(COUNT_ORDER,     "SELECT count(*) FROM orders") \
	X(COUNT_REQUEST,   "SELECT count(*) FROM request") \
	X(COUNT_AUTHORITY, "SELECT count(*) FROM authority") \
	X(COUNT_EVIDENCE,  "SELECT count(*) FROM evidence") \
	X(COUNT_VALIDATION, "SELECT count(*) FROM validation") \
	X(COUNT_EFFECT,    "SELECT count(*) FROM effect") \
	X(COUNT_CERTIFICATE, "SELECT count(*) FROM certificate") \
	X(COUNT_MESSAGE,   "SELECT count(*) FROM message") \
	X(COUNT_CALL,      "SELECT count(*) FROM call") \
	X(COUNT_REJECTION, "SELECT count(*) FROM rejection") \
	X(PACK_NEXT,       "SELECT digest, text FROM pack WHERE digest > ? ORDER BY digest LIMIT 1") \
	/* status.c: what an operator asks first */ \
	X(COUNT_BY_STATE,  "SELECT state, count(*) FROM orders GROUP BY state ORDER BY state") \
	X(COUNT_OVERDUE,   "SELECT count(*), min(due_at) FROM schedule" \
	                   " WHERE on_wire = 0 AND duty = ? AND due_at <= ?")

#define X(name, text) name,
enum statement { STATEMENTS(X) STATEMENT_COUNT };
#undef X
/* clang-format on */

#endif

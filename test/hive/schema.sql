-- The part of the schema 4.1.0 that the mapping in Hive's jar does not have: the version, counters, and tables of
-- transactions, locks and compactions. Hive's own script is in its distribution alone.
insert into "VERSION" ("VER_ID", "SCHEMA_VERSION", "VERSION_COMMENT") values (1, '4.1.0', 'of the mapping');
create table "SEQUENCE_TABLE" ("SEQUENCE_NAME" varchar(255) primary key, "NEXT_VAL" bigint not null);
insert into "NOTIFICATION_SEQUENCE" ("NNI_ID", "NEXT_EVENT_ID") values (1, 1);
create table "TXNS" ("TXN_ID" bigserial primary key, "TXN_STATE" char(1) not null, "TXN_STARTED" bigint not null,
  "TXN_LAST_HEARTBEAT" bigint not null, "TXN_USER" text not null, "TXN_HOST" text not null, "TXN_AGENT_INFO" text,
  "TXN_META_INFO" text, "TXN_HEARTBEAT_COUNT" int, "TXN_TYPE" int);
insert into "TXNS" values (0, 'c', 0, 0, '', '');
create unique index on "TXNS" ("TXN_STATE", "TXN_ID");
create table "TXN_COMPONENTS" ("TC_TXNID" bigint not null references "TXNS", "TC_DATABASE" text not null,
  "TC_TABLE" text, "TC_PARTITION" text, "TC_OPERATION_TYPE" char(1) not null, "TC_WRITEID" bigint);
create table "COMPLETED_TXN_COMPONENTS" ("CTC_TXNID" bigint not null, "CTC_DATABASE" text not null, "CTC_TABLE" text,
  "CTC_PARTITION" text, "CTC_TIMESTAMP" timestamp not null default current_timestamp, "CTC_WRITEID" bigint,
  "CTC_UPDATE_DELETE" char(1) not null);
create table "TXN_LOCK_TBL" ("TXN_LOCK" bigint not null);
insert into "TXN_LOCK_TBL" values (1);
create table "HIVE_LOCKS" ("HL_LOCK_EXT_ID" bigint not null, "HL_LOCK_INT_ID" bigint not null,
  "HL_TXNID" bigint not null, "HL_DB" text not null, "HL_TABLE" text, "HL_PARTITION" text,
  "HL_LOCK_STATE" char(1) not null, "HL_LOCK_TYPE" char(1) not null, "HL_LAST_HEARTBEAT" bigint not null,
  "HL_ACQUIRED_AT" bigint, "HL_USER" text not null, "HL_HOST" text not null, "HL_HEARTBEAT_COUNT" int,
  "HL_AGENT_INFO" text, "HL_BLOCKEDBY_EXT_ID" bigint, "HL_BLOCKEDBY_INT_ID" bigint,
  primary key ("HL_LOCK_EXT_ID", "HL_LOCK_INT_ID"));
create table "NEXT_LOCK_ID" ("NL_NEXT" bigint not null);
insert into "NEXT_LOCK_ID" values (1);
create table "COMPACTION_QUEUE" ("CQ_ID" bigint primary key, "CQ_DATABASE" text not null, "CQ_TABLE" text not null,
  "CQ_PARTITION" text, "CQ_STATE" char(1) not null, "CQ_TYPE" char(1) not null, "CQ_TBLPROPERTIES" text,
  "CQ_WORKER_ID" text, "CQ_ENQUEUE_TIME" bigint, "CQ_START" bigint, "CQ_RUN_AS" text, "CQ_HIGHEST_WRITE_ID" bigint,
  "CQ_META_INFO" bytea, "CQ_HADOOP_JOB_ID" text, "CQ_ERROR_MESSAGE" text, "CQ_NEXT_TXN_ID" bigint, "CQ_TXN_ID" bigint,
  "CQ_COMMIT_TIME" bigint, "CQ_INITIATOR_ID" text, "CQ_INITIATOR_VERSION" text, "CQ_WORKER_VERSION" text,
  "CQ_CLEANER_START" bigint, "CQ_RETRY_RETENTION" bigint not null default 0, "CQ_POOL_NAME" text,
  "CQ_NUMBER_OF_BUCKETS" int, "CQ_ORDER_BY" text);
create table "NEXT_COMPACTION_QUEUE_ID" ("NCQ_NEXT" bigint not null);
insert into "NEXT_COMPACTION_QUEUE_ID" values (1);
create table "COMPLETED_COMPACTIONS" ("CC_ID" bigint primary key, "CC_DATABASE" text not null, "CC_TABLE" text not null,
  "CC_PARTITION" text, "CC_STATE" char(1) not null, "CC_TYPE" char(1) not null, "CC_TBLPROPERTIES" text,
  "CC_WORKER_ID" text, "CC_ENQUEUE_TIME" bigint, "CC_START" bigint, "CC_END" bigint, "CC_RUN_AS" text,
  "CC_HIGHEST_WRITE_ID" bigint, "CC_META_INFO" bytea, "CC_HADOOP_JOB_ID" text, "CC_ERROR_MESSAGE" text,
  "CC_NEXT_TXN_ID" bigint, "CC_TXN_ID" bigint, "CC_COMMIT_TIME" bigint, "CC_INITIATOR_ID" text,
  "CC_INITIATOR_VERSION" text, "CC_WORKER_VERSION" text, "CC_POOL_NAME" text, "CC_NUMBER_OF_BUCKETS" int,
  "CC_ORDER_BY" text);
create table "COMPACTION_METRICS_CACHE" ("CMC_DATABASE" text not null, "CMC_TABLE" text not null, "CMC_PARTITION" text,
  "CMC_METRIC_TYPE" text not null, "CMC_METRIC_VALUE" int not null, "CMC_VERSION" int not null);
create table "AUX_TABLE" ("MT_KEY1" text not null, "MT_KEY2" bigint not null, "MT_COMMENT" text,
  primary key ("MT_KEY1", "MT_KEY2"));
create table "WRITE_SET" ("WS_DATABASE" text not null, "WS_TABLE" text not null, "WS_PARTITION" text,
  "WS_TXNID" bigint not null, "WS_COMMIT_ID" bigint not null, "WS_OPERATION_TYPE" char(1) not null);
create table "TXN_TO_WRITE_ID" ("T2W_TXNID" bigint not null, "T2W_DATABASE" text not null, "T2W_TABLE" text not null,
  "T2W_WRITEID" bigint not null);
create unique index on "TXN_TO_WRITE_ID" ("T2W_DATABASE", "T2W_TABLE", "T2W_TXNID");
create table "NEXT_WRITE_ID" ("NWI_DATABASE" text not null, "NWI_TABLE" text not null, "NWI_NEXT" bigint not null);
create unique index on "NEXT_WRITE_ID" ("NWI_DATABASE", "NWI_TABLE");
create table "MIN_HISTORY_LEVEL" ("MHL_TXNID" bigint primary key, "MHL_MIN_OPEN_TXNID" bigint not null);
create table "MIN_HISTORY_WRITE_ID" ("MH_TXNID" bigint not null references "TXNS", "MH_DATABASE" text not null,
  "MH_TABLE" text not null, "MH_WRITEID" bigint not null);
create table "MATERIALIZATION_REBUILD_LOCKS" ("MRL_TXN_ID" bigint primary key, "MRL_DB_NAME" text not null,
  "MRL_TBL_NAME" text not null, "MRL_LAST_HEARTBEAT" bigint not null);
create table "REPL_TXN_MAP" ("RTM_REPL_POLICY" text not null, "RTM_SRC_TXN_ID" bigint not null,
  "RTM_TARGET_TXN_ID" bigint not null, primary key ("RTM_REPL_POLICY", "RTM_SRC_TXN_ID"));

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the operators of topics and users do, and what clients do, one command a run: a JSON object from standard
 * input, a JSON object to standard output. Arguments: the properties of the client, and the command.
 */
public class Admin {
  static final ObjectMapper JSON = new ObjectMapper();
  static final Duration PATIENCE = Duration.ofSeconds(30);

  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    try (InputStream file = new FileInputStream(args[0])) {
      properties.load(file);
    }
    properties.putIfAbsent("default.api.timeout.ms", "30000");
    properties.putIfAbsent("request.timeout.ms", "15000");
    JsonNode input = JSON.readTree(System.in);
    ObjectNode output = JSON.createObjectNode();
    try {
      switch (args[1]) {
        case "apply" -> apply(properties, input);
        case "describe" -> describe(properties, output);
        case "produce" -> produce(properties, input, output);
        case "consume" -> consume(properties, input, output);
        case "forget" -> forget(properties, input);
        default -> throw new IllegalArgumentException(args[1]);
      }
    } catch (Exception error) {
      Throwable cause = error;
      while ((cause instanceof ExecutionException || cause.getClass() == org.apache.kafka.common.KafkaException.class)
          && cause.getCause() != null) cause = cause.getCause();
      output.put("refused", cause.getClass().getSimpleName()).put("why", String.valueOf(cause.getMessage()));
    }
    System.out.println(output);
  }

  /** KafkaTopics and KafkaUsers as they are rendered; a password for each user by name. */
  static void apply(Properties properties, JsonNode input) throws Exception {
    try (AdminClient admin = AdminClient.create(properties)) {
      List<NewTopic> topics = new ArrayList<>();
      for (JsonNode each : input.get("topics")) {
        JsonNode spec = each.get("spec");
        Map<String, String> config = new HashMap<>();
        spec.path("config").fields().forEachRemaining(entry -> config.put(entry.getKey(), entry.getValue().asText()));
        String name = spec.path("topicName").asText(each.at("/metadata/name").asText());
        Optional<Short> replicas =
            spec.has("replicas") ? Optional.of((short) spec.get("replicas").asInt()) : Optional.empty();
        topics.add(new NewTopic(name, Optional.of(spec.get("partitions").asInt()), replicas).configs(config));
      }
      admin.createTopics(topics).all().get();
      List<AclBinding> acls = new ArrayList<>();
      for (JsonNode user : input.get("users")) {
        String name = user.at("/metadata/name").asText();
        String password = input.get("passwords").get(name).asText();
        ScramCredentialInfo scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(name, scram, password))).all().get();
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
          JsonNode on = acl.get("resource");
          PatternType pattern =
              on.get("patternType").asText().equals("prefix") ? PatternType.PREFIXED : PatternType.LITERAL;
          ResourceType type =
              switch (on.get("type").asText()) {
                case "topic" -> ResourceType.TOPIC;
                case "group" -> ResourceType.GROUP;
                case "transactionalId" -> ResourceType.TRANSACTIONAL_ID;
                default -> throw new IllegalArgumentException(on.toString());
              };
          ResourcePattern resource = new ResourcePattern(type, on.get("name").asText(), pattern);
          for (JsonNode operation : acl.get("operations")) {
            AclOperation allowed = AclOperation.fromString(snake(operation.asText()));
            acls.add(
                new AclBinding(
                    resource, new AccessControlEntry("User:" + name, "*", allowed, AclPermissionType.ALLOW)));
          }
        }
      }
      admin.createAcls(acls).all().get();
    }
  }

  static String snake(String name) {
    return name.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase();
  }

  /** Settings of the first broker, and topics with their settings, as the cluster has them. */
  static void describe(Properties properties, ObjectNode output) throws Exception {
    try (AdminClient admin = AdminClient.create(properties)) {
      var nodes = admin.describeCluster().nodes().get();
      output.put("brokers", nodes.size());
      ObjectNode racks = output.putObject("racks");
      nodes.forEach(node -> racks.put(node.idString(), node.rack()));
      String broker = nodes.iterator().next().idString();
      output.set("broker", settings(admin, new ConfigResource(ConfigResource.Type.BROKER, broker)));
      ObjectNode topics = output.putObject("topics");
      Set<String> names = admin.listTopics().names().get();
      for (var topic : admin.describeTopics(names).allTopicNames().get().values()) {
        ObjectNode one = topics.putObject(topic.name());
        one.put("partitions", topic.partitions().size());
        one.put("replicas", topic.partitions().get(0).replicas().size());
        one.set("config", settings(admin, new ConfigResource(ConfigResource.Type.TOPIC, topic.name())));
      }
      output.put("metadata", admin.describeFeatures().featureMetadata().get().finalizedFeatures()
          .get("metadata.version").maxVersionLevel());
    }
  }

  static ObjectNode settings(AdminClient admin, ConfigResource of) throws Exception {
    Map<String, String> sorted = new TreeMap<>();
    admin.describeConfigs(List.of(of)).all().get().get(of).entries()
        .forEach(entry -> sorted.put(entry.name(), entry.value()));
    ObjectNode settings = JSON.createObjectNode();
    sorted.forEach(settings::put);
    return settings;
  }

  /** Sends values to a topic, all or none told. */
  static void produce(Properties properties, JsonNode input, ObjectNode output) throws Exception {
    properties.put("acks", "all");
    properties.put("delivery.timeout.ms", "30000");
    properties.put("max.block.ms", "30000");
    StringSerializer text = new StringSerializer();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties, text, text)) {
      List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
      int number = 0;
      for (JsonNode value : input.get("values")) {
        String key = String.valueOf(number++);
        sent.add(producer.send(new ProducerRecord<>(input.get("topic").asText(), key, value.asText())));
      }
      for (var each : sent) each.get();
      output.put("sent", sent.size());
    }
  }

  /** Reads a topic from its beginning until so many messages were read. */
  static void consume(Properties properties, JsonNode input, ObjectNode output) {
    properties.put("group.id", input.get("group").asText());
    properties.put("auto.offset.reset", "earliest");
    StringDeserializer text = new StringDeserializer();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, text, text)) {
      consumer.subscribe(List.of(input.get("topic").asText()));
      int count = 0;
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (count < input.get("count").asInt() && System.nanoTime() < end) {
        count += consumer.poll(Duration.ofMillis(500)).count();
      }
      output.put("read", count);
    }
  }

  /** Deletes every message of a topic, as time does. */
  static void forget(Properties properties, JsonNode input) throws Exception {
    try (AdminClient admin = AdminClient.create(properties)) {
      String topic = input.get("topic").asText();
      Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
      for (var partition : admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions()) {
        all.put(new TopicPartition(topic, partition.partition()), RecordsToDelete.beforeOffset(-1));
      }
      admin.deleteRecords(all).all().get();
    }
  }
}

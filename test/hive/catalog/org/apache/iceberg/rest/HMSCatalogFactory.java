package org.apache.iceberg.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.ServletSecurity;
import org.apache.hadoop.hive.metastore.ServletServerBuilder;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf.ConfVars;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.hive.HiveCatalog;

/**
 * Stands for the part of Hive's REST catalog that Maven Central lacks. The metastore finds it by its name, and port,
 * path and authentication are the ones that the metastore is told; requests are answered by Iceberg's own handlers.
 */
public final class HMSCatalogFactory {
  private HMSCatalogFactory() {}

  public static ServletServerBuilder.Descriptor createServlet(Configuration conf) {
    int port = MetastoreConf.getIntVar(conf, ConfVars.CATALOG_SERVLET_PORT);
    String path = MetastoreConf.getVar(conf, ConfVars.ICEBERG_CATALOG_SERVLET_PATH);
    Map<String, String> properties = new TreeMap<>();
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, MetastoreConf.getVar(conf, ConfVars.WAREHOUSE_EXTERNAL));
    HiveCatalog catalog = new HiveCatalog();
    catalog.setConf(conf);
    catalog.initialize("hive", properties);
    String auth = MetastoreConf.getVar(conf, ConfVars.CATALOG_SERVLET_AUTH);
    ServletSecurity security = new ServletSecurity(ServletSecurity.AuthType.fromString(auth), conf);
    HttpServlet servlet = security.proxy(new CatalogServlet(new RESTCatalogAdapter(catalog)));
    return new ServletServerBuilder.Descriptor(port, path, servlet);
  }

  private static final class CatalogServlet extends HttpServlet {
    private final transient RESTCatalogAdapter adapter;

    CatalogServlet(RESTCatalogAdapter adapter) {
      this.adapter = adapter;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
      String path = request.getPathInfo() == null ? "" : request.getRequestURI().replaceFirst("^/+[^/]+/+", "");
      HTTPRequest.HTTPMethod method = HTTPRequest.HTTPMethod.valueOf(request.getMethod());
      Map<String, String> query = new HashMap<>();
      request.getParameterMap().forEach((key, values) -> query.put(key, values[0]));
      var route = RESTCatalogAdapter.Route.from(method, path);
      response.setContentType("application/json");
      response.setCharacterEncoding("UTF-8");
      if (route == null) {
        response.sendError(HttpServletResponse.SC_NOT_FOUND, path);
        return;
      }
      Class<?> kind = route.first().requestClass();
      var mapper = RESTObjectMapper.mapper();
      Object body = kind == null ? null : mapper.readValue(request.getReader(), kind);
      HTTPRequest asked = adapter.buildRequest(method, path, query, Map.of(), body);
      boolean[] refused = {false};
      try {
        Object answer =
            adapter.execute(
                asked,
                route.first().responseClass(),
                error -> {
                  refused[0] = true;
                  response.setStatus(error.code());
                  write(response, error);
                },
                headers -> {});
        if (answer != null) write(response, answer);
      } catch (RESTException error) {
        // Thrown as well, after the handler was told.
        if (!refused[0]) throw error;
      }
    }

    private static void write(HttpServletResponse response, Object answer) {
      try {
        RESTObjectMapper.mapper().writeValue(response.getWriter(), answer);
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }
}

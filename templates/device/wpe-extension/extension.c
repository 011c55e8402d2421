/*
 * Gives the application's pages `window.strux`: plain data, read once from the files of the device, that scripts can read
 * and not change. Frames of other origins, such as a video or a map that a page shows, do not get it.
 *
 *   strux.versions  { strux, project, kernel, webkit }
 *   strux.project   { name, version }
 *   strux.board     { name, arch, hostname }
 *   strux.display   { monitors: [{ path, resolution, transform, names, input_devices }] }
 *
 * A missing key is null; without a display configuration there are no monitors.
 */
#include <json-glib/json-glib.h>
#include <sys/utsname.h>
#include <wpe/webkit-web-process-extension.h>

#define PROJECT_FILE "/etc/strux/project.json"
#define DISPLAY_FILE "/strux/.display-config.json"
/* The same text, from the client: the sandbox of web processes shows them /etc, but not /strux. */
#define DISPLAY_VARIABLE "STRUX_DISPLAY_CONFIG"
/* The application's origin, from the client. Without it that of the whole page counts. */
#define ORIGIN_VARIABLE "STRUX_ORIGIN"

/* The root object of a variable's text, or else of a file; NULL where there is neither. */
static JsonObject *read_object(const char *file, const char *variable)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    const char *text = variable != NULL ? g_getenv(variable) : NULL;
    gboolean read = text != NULL ? json_parser_load_from_data(parser, text, -1, &error)
                                 : json_parser_load_from_file(parser, file, &error);

    if (!read) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            g_warning("%s: %s", file, error->message);
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_warning("%s holds no object", file);
        return NULL;
    }
    return json_object_ref(json_node_get_object(root));
}

/* Adds `name` with the member `key` of `from`, or null where that has none. */
static void add_member(JsonBuilder *builder, const char *name, JsonObject *from, const char *key)
{
    JsonNode *member = from != NULL ? json_object_get_member(from, key) : NULL;

    json_builder_set_member_name(builder, name);
    if (member != NULL)
        json_builder_add_value(builder, json_node_copy(member));
    else
        json_builder_add_null_value(builder);
}

static void add_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, text);
}

/* All that pages get to see, as JSON. */
static char *describe_device(void)
{
    JsonObject *project = read_object(PROJECT_FILE, NULL);
    JsonObject *display = read_object(DISPLAY_FILE, DISPLAY_VARIABLE);
    g_autofree char *webkit = g_strdup_printf("%u.%u.%u", webkit_get_major_version(), webkit_get_minor_version(),
                                              webkit_get_micro_version());
    g_autoptr(JsonBuilder) builder = json_builder_new();
    struct utsname system;

    json_builder_begin_object(builder);

    json_builder_set_member_name(builder, "versions");
    json_builder_begin_object(builder);
    add_member(builder, "strux", project, "struxVersion");
    add_member(builder, "project", project, "projectVersion");
    if (uname(&system) == 0)
        add_text(builder, "kernel", system.release);
    add_text(builder, "webkit", webkit);
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "project");
    json_builder_begin_object(builder);
    add_member(builder, "name", project, "name");
    add_member(builder, "version", project, "projectVersion");
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "board");
    json_builder_begin_object(builder);
    add_member(builder, "name", project, "bsp");
    add_member(builder, "arch", project, "arch");
    add_text(builder, "hostname", g_get_host_name());
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "display");
    json_builder_begin_object(builder);
    if (display != NULL && json_object_has_member(display, "monitors")) {
        add_member(builder, "monitors", display, "monitors");
    } else {
        json_builder_set_member_name(builder, "monitors");
        json_builder_begin_array(builder);
        json_builder_end_array(builder);
    }
    json_builder_end_object(builder);

    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_clear_pointer(&project, json_object_unref);
    g_clear_pointer(&display, json_object_unref);
    return json_to_string(root, FALSE);
}

/* The origin of a frame's document: `null` if sandboxed, the creator's origin for a frame without an address. */
static char *origin_of(WebKitFrame *frame, WebKitScriptWorld *world)
{
    g_autoptr(JSCContext) context = webkit_frame_get_js_context_for_script_world(frame, world);
    g_autoptr(JSCValue) origin = jsc_context_evaluate(context, "self.origin", -1);

    return jsc_value_to_string(origin);
}

static gboolean is_of_application(WebKitFrame *frame, WebKitWebPage *page, WebKitScriptWorld *world)
{
    const char *given = g_getenv(ORIGIN_VARIABLE);

    if (given == NULL && webkit_frame_is_main_frame(frame))
        return TRUE;
    g_autofree char *origin = origin_of(frame, world);
    g_autofree char *wanted = given != NULL ? g_strdup(given) : origin_of(webkit_web_page_get_main_frame(page), world);
    return g_strcmp0(origin, "null") != 0 && g_strcmp0(origin, wanted) == 0;
}

/* Before any script of the page has run, so that Object.freeze is still the engine's own. */
static void on_window_object_cleared(WebKitScriptWorld *world, WebKitWebPage *page, WebKitFrame *frame, gpointer data)
{
    if (!is_of_application(frame, page, world))
        return;
    g_autoptr(JSCContext) context = webkit_frame_get_js_context_for_script_world(frame, world);
    g_autoptr(JSCValue) strux = jsc_value_new_from_json(context, data);
    g_autoptr(JSCValue) freeze = jsc_context_evaluate(
        context, "(function freeze(value) {"
                 "  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)"
                 "})", -1);
    g_autoptr(JSCValue) nothing = jsc_value_function_call(freeze, JSC_TYPE_VALUE, strux, G_TYPE_NONE);
    g_autoptr(JSCValue) window = jsc_context_get_global_object(context);

    jsc_value_object_define_property_data(window, "strux", JSC_VALUE_PROPERTY_ENUMERABLE, strux);
}

/* WebKit looks this name up and calls it once in each web process. */
G_MODULE_EXPORT void webkit_web_process_extension_initialize_with_user_data(WebKitWebProcessExtension *extension,
                                                                            const GVariant *user_data)
{
    char *device = describe_device();

    g_signal_connect_data(webkit_script_world_get_default(), "window-object-cleared",
                          G_CALLBACK(on_window_object_cleared), device, (GClosureNotify)(void (*)(void))g_free, 0);
}
